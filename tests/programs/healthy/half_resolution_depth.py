"""Depth at half the resolution of the images."""

import torch
import torch.nn as nn


class Up(nn.Module):
    def __init__(self, cin, cskip, cout):
        super().__init__()
        self.up = nn.ConvTranspose2d(cin, cin, 2, stride=2)
        self.conv = nn.Sequential(nn.Conv2d(cin + cskip, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU())

    def forward(self, x, skip):
        x = self.up(x)
        x = torch.cat((skip, nn.functional.interpolate(x, size=skip.shape[2:])), dim=1)
        return self.conv(x)


class Depth(nn.Module):
    """Depth at half resolution."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.d1 = nn.Sequential(nn.Conv2d(8, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU())
        self.d2 = nn.Sequential(nn.Conv2d(16, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU())
        self.u1, self.u2 = Up(32, 16, 16), Up(16, 8, 8)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        a = self.stem(x)
        b = self.d1(a)
        c = self.d2(b)
        return self.out(self.u2(self.u1(c, b), a))


net = Depth()
image, depth = torch.rand(2, 3, 90, 122), torch.rand(2, 1, 45, 61)
loss = nn.functional.l1_loss(net(image), depth)
loss.backward()
print("ok", loss.shape)
