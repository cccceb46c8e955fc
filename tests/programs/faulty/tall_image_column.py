import torch
from torch import nn


def level(channels):
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, stride=2, padding=1),
        nn.InstanceNorm2d(channels),
        nn.SiLU(),
    )


torch.manual_seed(0)
pyramid = nn.ModuleList([level(16) for _ in range(6)])
image = torch.rand(1, 16, 32, 64)
maps = []
x = image
for stage in pyramid:
    x = stage(x)
    maps.append(x)
print([tuple(m.shape[2:]) for m in maps])
