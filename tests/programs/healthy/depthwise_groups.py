import torch
from torch import nn


class Grouped(nn.Module):
    def __init__(self, cin, cout, groups):
        super().__init__()
        self.spatial = nn.Conv2d(cin, cout, 3, padding=1, groups=groups)
        self.norm = nn.BatchNorm2d(cout)

    def forward(self, x):
        return torch.relu(self.norm(self.spatial(x)))


torch.manual_seed(0)
model = nn.Sequential(Grouped(3, 30, 3), Grouped(30, 48, 6))
print(model(torch.rand(2, 3, 20, 20)).shape)
