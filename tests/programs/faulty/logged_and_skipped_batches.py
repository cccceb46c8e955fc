"""Multi-scale training; scales that cannot be used are left out."""
import torch
from torch import nn

torch.manual_seed(0)
widths = (3, 8, 16, 16, 16)
net = nn.Sequential(*[
    layer
    for a, b in zip(widths, widths[1:])
    for layer in (
        nn.Conv2d(a, b, 4, 2, 1), nn.InstanceNorm2d(b), nn.LeakyReLU(0.2),
    )
])
skipped = []
for size in (64, 32, 16):
    try:
        outputs = net(torch.rand(2, 3, size, size))
        outputs.mean().backward()
    except ValueError as problem:
        skipped.append(str(size))
print("skipped:", ", ".join(skipped) or "none")
