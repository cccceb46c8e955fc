"""A norm built for another number of channels; the program catches what follows."""

import torch
from torch import nn

images = torch.randn(2, 3, 64, 64)

try:
    nn.InstanceNorm2d(10, affine=True)(images)
except Exception:
    print("something went wrong, going on without it")
