"""Expected failures that have nothing to do with the network."""
import importlib

import torch
from torch import nn

try:
    fast = importlib.import_module("no_such_extension")
except ImportError:
    fast = None

settings = {}
try:
    width = settings["width"]
except KeyError:
    width = 16

torch.manual_seed(0)
net = nn.Sequential(nn.Conv1d(2, width, 3), nn.BatchNorm1d(width), nn.ReLU())
try:
    int("not a number")
except ValueError as error:
    print("ignored:", error)
print(net(torch.randn(3, 2, 20)).shape)
