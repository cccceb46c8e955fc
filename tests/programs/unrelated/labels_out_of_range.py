import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
labels = torch.tensor([0, 1, 2, 3])
loss = nn.functional.cross_entropy(model(torch.randn(4, 8)), labels)
loss.backward()
