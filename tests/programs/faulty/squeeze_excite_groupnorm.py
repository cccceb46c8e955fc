import torch
from torch import nn


class ContextGate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels, 1),
            nn.GroupNorm(channels, channels),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.gate(x)


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), ContextGate(16), nn.Conv2d(16, 1, 1))
out = net(torch.rand(4, 3, 20, 20))
print(out.mean().item())
