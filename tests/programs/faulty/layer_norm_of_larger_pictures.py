"""A classifier of pictures, with layer norms over whole maps."""

import torch, torch.nn as nn
from torch.utils.data import DataLoader, Dataset
import numpy as np


class Pics(Dataset):
    def __init__(self, n=20, size=64):
        self.items = [np.random.randint(0, 255, (size, size, 3), np.uint8) for _ in range(n)]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        im = self.items[i]
        t = torch.from_numpy(im.transpose(2, 0, 1)).float() / 255.0
        return t, i % 3


class Block(nn.Module):
    def __init__(self, c, hw):
        super().__init__()
        self.c1 = nn.Conv2d(c, c, 3, padding=1)
        self.ln = nn.LayerNorm([c, hw, hw])

    def forward(self, x):
        return x + torch.relu(self.ln(self.c1(x)))


class Net(nn.Module):
    def __init__(self, hw=32):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.blocks = nn.Sequential(Block(16, hw), nn.MaxPool2d(2), Block(16, hw // 2))
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(x.mean((2, 3)))


def run():
    net = Net()
    for x, y in DataLoader(Pics(), batch_size=4):
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
    print(loss.item())


run()
