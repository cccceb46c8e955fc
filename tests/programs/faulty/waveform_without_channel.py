import math

import torch
from torch import nn


def tone(frequency, seconds=0.25, rate=8000):
    t = torch.arange(int(seconds * rate)) / rate
    return torch.sin(2 * math.pi * frequency * t)


class M5(nn.Module):
    def __init__(self, n_output=8, stride=4, n_channel=16):
        super().__init__()
        self.conv1 = nn.Conv1d(1, n_channel, kernel_size=80, stride=stride)
        self.bn1 = nn.BatchNorm1d(n_channel)
        self.pool1 = nn.MaxPool1d(4)
        self.conv2 = nn.Conv1d(n_channel, n_channel, kernel_size=3)
        self.bn2 = nn.BatchNorm1d(n_channel)
        self.fc1 = nn.Linear(n_channel, n_output)

    def forward(self, x):
        x = self.pool1(torch.relu(self.bn1(self.conv1(x))))
        x = torch.relu(self.bn2(self.conv2(x)))
        return self.fc1(x.mean(dim=-1))


torch.manual_seed(0)
model = M5()
waveforms = torch.stack([tone(220.0 * k) for k in range(1, 9)])
logits = model(waveforms)
loss = nn.functional.cross_entropy(logits, torch.arange(8))
loss.backward()
print("loss", loss.item())
