"""Classifies series with kernels of two widths side by side."""

import torch
from torch import nn


class Branch(nn.Module):
    def __init__(self, width, kernel):
        super().__init__()
        self.conv = nn.Conv1d(1, width, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, series):
        return self.norm(self.conv(series)).relu().amax(-1)


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.branches = nn.ModuleList([Branch(width, kernel) for kernel in (3, 9)])
        self.head = nn.Linear(2 * width, 3)

    def forward(self, series):
        return self.head(torch.cat([branch(series) for branch in self.branches], dim=1))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
series, labels = torch.randn(96, 1, 40), torch.randint(0, 3, (96,))
net.train()
for _ in range(3):
    for rows in torch.randperm(96).split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(series[rows]), labels[rows]).backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    found = torch.cat([net(part).argmax(1) for part in series.split(16)])
print(len(found))
