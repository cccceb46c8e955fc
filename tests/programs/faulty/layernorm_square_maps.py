import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dw = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.pw = nn.Conv2d(dim, dim, 1)

    def forward(self, x):
        return x + self.pw(nn.functional.gelu(self.norm(self.dw(x))))


class Classifier(nn.Module):
    def __init__(self, dim=32, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(3, dim, 2, stride=2)
        self.stages = nn.Sequential(Stage(dim), Stage(dim))
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        return self.head(self.stages(self.stem(x)).mean((2, 3)))


torch.manual_seed(0)
print(Classifier()(torch.rand(2, 3, 64, 64)).shape)
