import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, cin, cout, dilation):
        super().__init__()
        self.conv = nn.Conv1d(cin, cout, 3, padding=dilation, dilation=dilation)
        self.norm = nn.GroupNorm(1, cout)
        self.act = nn.ReLU()
        self.skip = nn.Conv1d(cin, cout, 1)

    def forward(self, x):
        y = self.norm(self.conv(x))
        return self.act(y + x)


class TCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(Block(8, 16, 1), Block(16, 24, 2), Block(24, 24, 4))

    def forward(self, x):
        return self.net(x).mean(-1)


torch.manual_seed(0)
print(TCN()(torch.randn(4, 8, 50)).shape)
