"""Keyword spotting on filter banks, batches of clips of one length."""
import torch
from torch import nn


class Spotter(nn.Module):
    def __init__(self, bands=40, width=32, halvings=4, words=6):
        super().__init__()
        layers = [nn.Conv1d(bands, width, 1)]
        for _ in range(halvings):
            layers += [nn.Conv1d(width, width, 3, stride=2, padding=1), nn.InstanceNorm1d(width), nn.ReLU()]
        self.encode = nn.Sequential(*layers)
        self.words = nn.Linear(width, words)

    def forward(self, banks):
        return self.words(self.encode(banks).amax(dim=-1))


torch.manual_seed(0)
clips = torch.randn(5, 40, 32)
print(Spotter()(clips).argmax(-1).tolist())
