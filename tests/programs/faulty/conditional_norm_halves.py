"""A generator whose norms take scale and shift from the class."""

import torch
from torch import nn


class CondNorm(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.embed = nn.Embedding(classes, channels)

    def forward(self, x, y):
        gamma, beta = self.embed(y).chunk(2, 1)
        return self.norm(x) * (1 + gamma[..., None, None]) + beta[..., None, None]


class Generator(nn.Module):
    def __init__(self, z=32, classes=5):
        super().__init__()
        self.fc = nn.Linear(z, 64 * 4 * 4)
        self.n1 = CondNorm(64, classes)
        self.c1 = nn.ConvTranspose2d(64, 32, 4, 2, 1)
        self.n2 = CondNorm(32, classes)
        self.c2 = nn.ConvTranspose2d(32, 3, 4, 2, 1)

    def forward(self, z, y):
        x = self.fc(z).view(-1, 64, 4, 4)
        x = self.c1(torch.relu(self.n1(x, y)))
        return torch.tanh(self.c2(torch.relu(self.n2(x, y))))


g = Generator()
print(g(torch.randn(6, 32), torch.randint(0, 5, (6,))).shape)
