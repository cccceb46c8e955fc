import torch
from torch import nn

embed = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=2, padding=1),
    nn.InstanceNorm2d(8, affine=True),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)


def select(crops, quality, limit):
    chosen = crops[quality > limit]
    return chosen


torch.manual_seed(0)
crops = torch.rand(10, 3, 16, 16)
quality = torch.rand(10)
chosen = select(crops, quality, limit=0.1)
embedded = embed(chosen)
print(embedded.shape)
