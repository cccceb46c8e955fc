"""Attention in windows of seven patches."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def window_partition(x, size):
    b, h, w, c = x.shape
    x = x.view(b, h // size, size, w // size, size, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, size * size, c)


class WindowBlock(nn.Module):
    def __init__(self, dim, heads, window):
        super().__init__()
        self.window = window
        self.norm = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, heads, batch_first=True)

    def forward(self, x):
        b, h, w, c = x.shape
        y = window_partition(self.norm(x), self.window)
        y, _ = self.attn(y, y, y)
        n = self.window
        y = y.view(b, h // n, w // n, n, n, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
        return x + y


class Swinlet(nn.Module):
    def __init__(self, dim=32, patch=4, window=7):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, patch, patch)
        self.blocks = nn.Sequential(*[WindowBlock(dim, 4, window) for _ in range(2)])
        self.head = nn.Linear(dim, 5)

    def forward(self, x):
        x = self.embed(x).permute(0, 2, 3, 1)
        return self.head(self.blocks(x).mean((1, 2)))


net = Swinlet()
images = torch.rand(2, 3, 256, 256)
print(net(images).shape)
