"""Sound and text, joined for one classifier."""

import torch
from torch import nn


class Fusion(nn.Module):
    def __init__(self):
        super().__init__()
        self.audio = nn.Sequential(
            nn.Conv1d(1, 16, 9, stride=4), nn.BatchNorm1d(16), nn.ReLU(), nn.AdaptiveAvgPool1d(1)
        )
        self.text = nn.Sequential(nn.Linear(300, 64), nn.LayerNorm(64), nn.ReLU())
        self.bn = nn.BatchNorm1d(80)
        self.fc = nn.Linear(80, 3)

    def forward(self, wav, emb):
        a = self.audio(wav)
        t = self.text(emb)
        z = torch.cat([a.flatten(1), t], dim=1)
        return self.fc(self.bn(z))


f = Fusion()
print(f(torch.randn(8, 1, 4000), torch.randn(8, 300)).shape)
