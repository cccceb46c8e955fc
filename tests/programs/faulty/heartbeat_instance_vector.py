import torch
from torch import nn


def beat(k):
    t = torch.linspace(0, 1, 90)
    return (1 + k) * torch.exp(-((t - 0.4) ** 2) / 0.002) + k


normalise = nn.InstanceNorm1d(1)
beats = torch.stack([beat(k) for k in range(12)])
clean = normalise(beats)
print("spread", clean.std().item())
