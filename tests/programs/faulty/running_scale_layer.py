"""Audio embedding with a hand-written channel norm."""
import torch
from torch import nn


class ChannelScale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, channels, 1))
        self.shift = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True) + 1e-5
        return (x - mean) / std * self.gain + self.shift


class Encoder(nn.Module):
    def __init__(self, mels=40, dim=64):
        super().__init__()
        self.conv1 = nn.Conv1d(mels, dim, 5, padding=2)
        self.scale1 = ChannelScale(mels)
        self.conv2 = nn.Conv1d(dim, dim, 5, padding=2)
        self.scale2 = ChannelScale(dim)

    def forward(self, x):
        x = torch.relu(self.scale1(self.conv1(x)))
        x = torch.relu(self.scale2(self.conv2(x)))
        return x.mean(-1)


torch.manual_seed(1)
print(Encoder()(torch.randn(3, 40, 120)).norm(dim=1).shape)
