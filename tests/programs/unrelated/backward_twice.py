import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 4), nn.GroupNorm(2, 4), nn.Linear(4, 1))
loss = model(torch.randn(5, 4)).mean()
loss.backward()
loss.backward()
