"""Mean teacher on two moons. Evaluation uses the EMA weights."""
import copy

import torch
from torch import nn
import torch.nn.functional as F


class EMA:
    def __init__(self, model, decay=0.9):
        self.decay = decay
        self.model = copy.deepcopy(model).eval()
        for p in self.model.parameters():
            p.requires_grad_(False)

    @torch.no_grad()
    def update(self, student):
        for mine, theirs in zip(self.model.parameters(), student.parameters()):
            mine.lerp_(theirs, 1 - self.decay)


def moons(n):
    y = torch.randint(0, 2, (n,))
    t = torch.rand(n) * 3.1416
    x = torch.stack([torch.cos(t) * (1 - 2 * y) + y, torch.sin(t) * (1 - 2 * y) + 0.5 * y], 1)
    return x * 10 + 25 + torch.randn(n, 2), y


def build():
    return nn.Sequential(
        nn.BatchNorm1d(2),
        nn.Linear(2, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(),
        nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(),
        nn.Linear(64, 2),
    )


def accuracy(model):
    x, y = moons(1000)
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def main():
    torch.manual_seed(0)
    student = build()
    ema = EMA(student)
    opt = torch.optim.Adam(student.parameters(), 1e-2)
    for step in range(100):
        x, y = moons(128)
        loss = F.cross_entropy(student(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema.update(student)
    print("teacher accuracy", accuracy(ema.model))


if __name__ == "__main__":
    main()
