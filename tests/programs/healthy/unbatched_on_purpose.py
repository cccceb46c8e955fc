"""Layers that take one sample without a batch axis, used so on purpose."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(0), nn.Linear(32, 4))
one = torch.rand(3, 20, 20)
print(net(one).shape)
