import torch
from torch import nn


def block(inside, outside):
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, padding=1, bias=False),
        nn.ReLU(),
        nn.BatchNorm2d(outside),
    )


torch.manual_seed(0)
features = nn.Sequential(
    *block(3, 8),
    nn.BatchNorm2d(8),
    nn.Conv2d(8, 8, 3, bias=False),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)
print(features(torch.randn(4, 3, 12, 12)).shape)
