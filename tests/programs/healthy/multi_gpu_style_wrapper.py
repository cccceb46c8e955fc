"""Networks described by nested dictionaries, built by a registry."""
import torch
from torch import nn

REGISTRY = {"Conv": nn.Conv2d, "BN": nn.BatchNorm2d, "GN": nn.GroupNorm, "ReLU": nn.ReLU}

description = [
    {
        "conv": {"type": "Conv", "in_channels": 3, "out_channels": 16, "kernel_size": 3},
        "norm": {"type": "BN", "num_features": 16},
        "act": {"type": "ReLU"},
    },
    {
        "conv": {"type": "Conv", "in_channels": 16, "out_channels": 24, "kernel_size": 3},
        "norm": {"type": "BN", "num_features": 24},
        "act": {"type": "ReLU"},
    },
]


def build(spec):
    spec = dict(spec)
    return REGISTRY[spec.pop("type")](**spec)


class Net(nn.Module):
    def __init__(self, stages):
        super().__init__()
        self.stages = nn.ModuleList(nn.ModuleDict({k: build(v) for k, v in s.items()}) for s in stages)

    def forward(self, x):
        for s in self.stages:
            x = s["act"](s["norm"](s["conv"](x)))
        return x


torch.manual_seed(0)
print(Net(description)(torch.rand(2, 3, 20, 20)).shape)
