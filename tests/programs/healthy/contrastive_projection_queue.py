import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Augmented(Dataset):
    def __init__(self, size):
        self.base = torch.rand(size, 3, 16, 16, generator=torch.Generator().manual_seed(9))

    def __len__(self):
        return len(self.base)

    def __getitem__(self, i):
        x = self.base[i]
        return x, x.flip(-1)


class SimCLR(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 16, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.projector = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, x):
        return nn.functional.normalize(self.projector(self.encoder(x)), dim=1)


def info_nce(a, b):
    return nn.functional.cross_entropy(a @ b.T / 0.1, torch.arange(len(a)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=8)
    args = parser.parse_args()
    torch.manual_seed(0)
    model = SimCLR()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    loader = DataLoader(Augmented(24), batch_size=args.batch, shuffle=True)
    for epoch in range(2):
        for a, b in loader:
            loss = info_nce(model(a), model(b))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print("loss", loss.item())
