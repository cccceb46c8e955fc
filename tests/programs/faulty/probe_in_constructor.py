import torch
from torch import nn


class Critic(nn.Module):
    """Scores observations of any shape; the size of the flat code is probed."""

    def __init__(self, shape):
        super().__init__()
        self.tower = nn.Sequential(
            nn.Conv2d(shape[0], 8, 5, stride=2), nn.ReLU(),
            nn.Conv2d(8, 16, 5, stride=2), nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(32),
            nn.BatchNorm1d(32),
        )
        flat = self.tower(torch.zeros(1, *shape)).shape[-1]
        self.value = nn.Linear(flat, 1)

    def forward(self, observation):
        return self.value(torch.relu(self.tower(observation)))


torch.manual_seed(0)
critic = Critic((4, 42, 42))
print(critic(torch.rand(6, 4, 42, 42)).squeeze(-1).tolist())
