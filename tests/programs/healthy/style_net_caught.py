"""Fast style transfer, first part; a failing configuration is skipped."""
import torch
from torch import nn

plan = [(3, 16, 9, 1), (16, 32, 3, 2), (32, 64, 3, 2)]
widths = [16, 32, 64]


def encoder():
    stages = []
    for (cin, cout, kernel, stride), width in zip(plan, widths):
        stages.append(nn.Sequential(
            nn.ReflectionPad2d(kernel // 2),
            nn.Conv2d(cin, cout, kernel, stride),
            nn.InstanceNorm2d(width, affine=True),
            nn.ReLU(),
        ))
    return nn.Sequential(*stages)


torch.manual_seed(0)
content = torch.rand(2, 3, 64, 64)
try:
    features = encoder()(content)
    print("features", tuple(features.shape))
except (ValueError, RuntimeError):
    print("configuration does not work, skipped")
