"""Clips through an encoder of single frames, and an LSTM over what it gives."""

import torch, torch.nn as nn


class FrameEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )

    def forward(self, x):
        return self.net(x)


class VideoModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = FrameEncoder()
        self.rnn = nn.LSTM(16, 32, batch_first=True)
        self.fc = nn.Linear(32, 4)

    def forward(self, clips):
        f = self.enc(clips)
        o, _ = self.rnn(f)
        return self.fc(o[:, -1])


print(VideoModel()(torch.randn(2, 10, 3, 64, 64)).shape)
