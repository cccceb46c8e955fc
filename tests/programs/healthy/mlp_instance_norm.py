import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.lin = nn.Linear(width, width)

    def forward(self, x):
        return x + self.lin(torch.relu(self.norm(x)))


class Mapping(nn.Module):
    """From a latent to a style vector."""

    def __init__(self, width=32, depth=3):
        super().__init__()
        self.layers = nn.Sequential(*[Layer(width) for _ in range(depth)])

    def forward(self, z):
        return self.layers(z)


torch.manual_seed(0)
styles = Mapping()(torch.randn(10, 32))
print(styles.norm(dim=1).mean().item())
