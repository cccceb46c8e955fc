import torch
from torch import nn


class PoseHead(nn.Module):
    """Regresses 6 joint coordinates in centimetres."""

    def __init__(self, features=32, joints=6):
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(features, 64), nn.ReLU())
        self.out = nn.Linear(64, joints, bias=False)
        self.last = nn.Identity()

    def forward(self, x):
        return self.last(self.out(self.hidden(x)))


def fit(head, steps=80):
    opt = torch.optim.Adam(head.parameters(), 1e-2)
    for _ in range(steps):
        x = torch.randn(64, 32)
        cm = 170 + 10 * x[:, :6]
        loss = nn.functional.mse_loss(head(x), cm)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.item()


torch.manual_seed(0)
print("mse in cm^2:", fit(PoseHead()))
