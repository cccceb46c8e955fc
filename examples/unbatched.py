"""A norm that everyone says raises. It does not."""

import torch
from torch import nn

signals = torch.randn(2, 3, 64)

try:
    out = nn.InstanceNorm2d(3)(signals)
    print("passed:", tuple(out.shape))
except ValueError as error:
    print("refused:", error)
