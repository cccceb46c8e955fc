"""A registry of norms and blocks, as many code bases have one."""
import argparse

import torch
from torch import nn

NORMS = {"batch": lambda c: nn.BatchNorm2d(c), "instance": lambda c: nn.InstanceNorm2d(c * 2, affine=True)}


def conv_norm_act(cin, cout, *, norm="batch", act=nn.ReLU, **kwargs):
    kwargs.setdefault("padding", 1)
    return nn.Sequential(nn.Conv2d(cin, cout, 3, **kwargs), NORMS[norm](cout), act())


class Encoder(nn.Module):
    def __init__(self, norm, widths=(8, 16)):
        super().__init__()
        stages = []
        for cin, cout in zip((3, *widths), widths):
            stages.append(conv_norm_act(cin, cout, norm=norm, stride=2))
        self.stages = nn.Sequential(*stages)

    def forward(self, x):
        return self.stages(x)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--norm", choices=sorted(NORMS), default="instance")
    args = parser.parse_args()
    torch.manual_seed(0)
    print(Encoder(args.norm)(torch.rand(2, 3, 32, 32)).shape)
