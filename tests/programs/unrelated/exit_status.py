"""Ends with a status of its own when the validation loss is too high."""
import sys

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 5), nn.LayerNorm(5), nn.Linear(5, 1)).eval()
loss = (model(torch.randn(9, 5)) - 4).abs().mean().item()
print("loss", loss)
if loss > 0.1:
    sys.exit(3)
