"""Two views of different length, each normalised by averages that the training keeps up to date."""

import torch
import torch.nn as nn


class Centre(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("centre", torch.zeros(1, n, 1))
        self.register_buffer("scale", torch.ones(1, n, 1))
        self.gain = nn.Parameter(torch.ones(1, n, 1))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.centre *= 0.9
                self.centre += 0.1 * x.mean((0, 2), keepdim=True)
                self.scale.mul_(0.9).add_(x.std((0, 2), keepdim=True), alpha=0.1)
        return (x - self.centre) / self.scale * self.gain


net = nn.Sequential(nn.Conv1d(4, 12, 3), Centre(12), nn.GELU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 3))
opt = torch.optim.SGD(net.parameters(), 0.1)
total = 0
for view in (torch.randn(8, 4, 50), torch.randn(8, 4, 60)):
    total = total + net(view).pow(2).mean()
opt.zero_grad()
total.backward()
opt.step()
print("ok")
