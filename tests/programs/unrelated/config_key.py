import torch
from torch import nn

CONFIG = {"optimizer": {"lr": 0.1}}


def train(model, config):
    optimizer = torch.optim.SGD(model.parameters(), lr=config["optim"]["lr"])
    model(torch.randn(4, 3)).sum().backward()
    optimizer.step()


train(nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)), CONFIG)
