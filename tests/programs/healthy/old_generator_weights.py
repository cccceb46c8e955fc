import torch
from torch import nn


def block(cin, cout):
    return nn.Sequential(nn.ConvTranspose2d(cin, cout, 4, 2, 1), nn.BatchNorm2d(cout), nn.ReLU())


def generator(base):
    return nn.Sequential(block(8, base * 2), block(base * 2, base), nn.Conv2d(base, 3, 3, padding=1))


torch.manual_seed(0)
saved = {"epoch": 3, "model": generator(base=16).state_dict()}
model = generator(base=16)
model.load_state_dict(saved["model"])
print(model(torch.randn(1, 8, 4, 4)).shape)
