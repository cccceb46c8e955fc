"""65 samples in batches of 16: the fifth batch holds one, and a batch norm behind the pooling refuses it."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
samples = TensorDataset(torch.randn(65, 3, 32, 32), torch.randint(0, 4, (65,)))
loader = DataLoader(samples, batch_size=16, shuffle=True)

net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(8), nn.Linear(8, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

for images, labels in loader:
    loss = nn.functional.cross_entropy(net(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
