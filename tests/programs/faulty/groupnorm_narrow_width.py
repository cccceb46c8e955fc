"""Residual encoder with group norm, sizes from a config dict."""
import torch
from torch import nn

cfg = {"width": 48, "depth": 3, "groups": 32}


class Residual(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.conv(torch.relu(self.norm(x)))


def build(cfg):
    layers = [nn.Conv2d(3, cfg["width"], 7, stride=4, padding=3)]
    layers += [Residual(cfg["width"], cfg["groups"]) for _ in range(cfg["depth"])]
    return nn.Sequential(*layers)


torch.manual_seed(0)
encoder = build(cfg)
print(encoder(torch.rand(2, 3, 64, 64)).mean().item())
