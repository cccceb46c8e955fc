"""Audio tagger: the widths grow from block to block."""
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, widths=(16, 32, 64), tags=5):
        super().__init__()
        layers = []
        channels = 1
        for width in widths:
            layers.append(nn.Conv1d(channels, width, 9, stride=4, padding=4))
            layers.append(nn.BatchNorm1d(width))
            layers.append(nn.LeakyReLU(0.1))
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1], tags)

    def forward(self, wave):
        return self.head(self.features(wave).amax(-1))


torch.manual_seed(0)
tagger = Tagger()
print(tagger(torch.randn(4, 1, 4096)).shape)
