import torch
from torch import nn


def critic(channels):
    return nn.Sequential(
        nn.Conv2d(channels, 16, 4, stride=4),
        nn.BatchNorm2d(16),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(256, 64),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.2),
        nn.Linear(64, 1),
    )


torch.manual_seed(0)
print(critic(1)(torch.rand(4, 1, 16, 16)).mean().item())
