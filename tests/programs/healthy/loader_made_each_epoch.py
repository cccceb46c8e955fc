"""Thumbnails; each epoch makes its own loader, and a smoke test stops after some steps."""
import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.norm = nn.BatchNorm2d(8)
        self.score = nn.Linear(8, 2)

    def forward(self, x):
        return self.score(self.maps(x).flatten(1))


def batches(thumbnails, size):
    return DataLoader(thumbnails, batch_size=size, shuffle=True)


parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=4)
parser.add_argument("--smoke", type=int, default=3)
options = parser.parse_args()
thumbnails = TensorDataset(torch.randn(33, 3, 8, 8), torch.randint(0, 2, (33,)))
scorer = Scorer()
optimizer = torch.optim.SGD(scorer.parameters(), lr=0.1)
for epoch in range(2):
    for step, (x, y) in enumerate(batches(thumbnails, options.batch_size)):
        if step == options.smoke:
            break
        optimizer.zero_grad()
        nn.functional.cross_entropy(scorer(x), y).backward()
        optimizer.step()
    print("epoch", epoch)
