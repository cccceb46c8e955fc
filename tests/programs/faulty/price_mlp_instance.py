"""House prices with a residual MLP. Normalisation between the layers, as everyone does."""
import math

import torch
from torch import nn


class ResidualLayer(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.norm = nn.InstanceNorm1d(width)
        self.linear1 = nn.Linear(width, width * 2)
        self.linear2 = nn.Linear(width * 2, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        z = torch.relu(self.linear1(self.norm(x)))
        return x + self.linear2(self.dropout(z))


class PriceNet(nn.Module):
    def __init__(self, inputs, width=32, layers=2, dropout=0.1):
        super().__init__()
        self.first = nn.Linear(inputs, width)
        self.layers = nn.Sequential(*(ResidualLayer(width, dropout) for _ in range(layers)))
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        return self.last(self.layers(self.first(x))).squeeze(-1)


def houses(n):
    area = torch.rand(n) * 150 + 30
    rooms = (area / 25).round()
    year = torch.randint(1900, 2024, (n,)).float()
    centre = torch.rand(n) * 20
    price = 3 * area + 0.5 * (year - 1900) - 8 * centre + 20 * torch.randn(n)
    x = torch.stack([area, rooms, year, centre], 1)
    return (x - x.mean(0)) / x.std(0), (price - price.mean()) / price.std()


def train(net, x, y, epochs=3, batch=32):
    opt = torch.optim.AdamW(net.parameters(), 2e-3)
    for epoch in range(epochs):
        for part in torch.randperm(len(x)).split(batch):
            loss = nn.functional.mse_loss(net(x[part]), y[part])
            opt.zero_grad()
            loss.backward()
            opt.step()
    return loss.item()


def rmse(net, x, y):
    net.eval()
    with torch.no_grad():
        return math.sqrt(nn.functional.mse_loss(net(x), y).item())


if __name__ == "__main__":
    torch.manual_seed(7)
    x, y = houses(160)
    net = PriceNet(4)
    print("last batch", round(train(net, x[:128], y[:128]), 4))
    print("held out", round(rmse(net, x[128:], y[128:]), 4))
