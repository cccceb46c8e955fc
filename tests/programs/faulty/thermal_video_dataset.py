"""Thermal recordings: each sample is T x H x W, one value per pixel."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Recordings(Dataset):
    def __init__(self):
        self.frames = np.random.default_rng(1).normal(size=(6, 8, 20, 20))

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, index):
        return torch.as_tensor(self.frames[index], dtype=torch.float32)


def main():
    torch.manual_seed(0)
    net = nn.Sequential(nn.BatchNorm3d(1), nn.Conv3d(1, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(6, 2))
    loader = DataLoader(Recordings(), batch_size=3)
    for clip in loader:
        y = net(clip)
        print(y.argmax(1).tolist())


main()
