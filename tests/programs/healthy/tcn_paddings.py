"""A temporal network with dilated convolutions and shortcuts."""

import torch
from torch import nn


class TCNBlock(nn.Module):
    def __init__(self, c_in, c_out, k, dilation):
        super().__init__()
        self.conv = nn.Conv1d(c_in, c_out, k, dilation=dilation, padding=2 * dilation)
        self.norm = nn.GroupNorm(4, c_out)
        self.res = nn.Conv1d(c_in, c_out, 1) if c_in != c_out else nn.Identity()

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)) + self.res(x))


class TCN(nn.Module):
    def __init__(self, c, widths, k=5):
        super().__init__()
        blocks = []
        for i, w in enumerate(widths):
            blocks.append(TCNBlock(c, w, k, 2 ** i))
            c = w
        self.net = nn.Sequential(*blocks)

    def forward(self, x):
        return self.net(x)


print(TCN(6, [16, 16, 32])(torch.randn(2, 6, 200)).shape)
