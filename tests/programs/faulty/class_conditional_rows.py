"""A generator with class-conditional batch norm."""

import torch
from torch import nn


class CBN(nn.Module):
    def __init__(self, n_cls, feats):
        super().__init__()
        self.bn = nn.BatchNorm2d(feats, affine=False)
        self.embed = nn.Embedding(n_cls, feats * 2)

    def forward(self, x, y):
        g, b = self.embed(y).chunk(2, dim=1)
        return self.bn(x) * (1 + g) + b


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 128 * 4 * 4)
        self.cbn = CBN(10, 128)
        self.out = nn.Conv2d(128, 3, 3, padding=1)

    def forward(self, z, y):
        h = self.fc(z).view(-1, 128, 4, 4)
        return self.out(self.cbn(h, y).relu())


print(G()(torch.randn(8, 64), torch.randint(0, 10, (8,))).shape)
