from dataclasses import dataclass
from functools import partial
from typing import Callable

import torch
from torch import nn


@dataclass
class Config:
    channels: tuple = (1, 16, 32)
    kernel: int = 9
    norm: Callable[[int], nn.Module] = partial(nn.BatchNorm1d, momentum=0.05)


def make_model(config: Config) -> nn.Module:
    layers: list[nn.Module] = []
    for cin, cout in zip(config.channels, config.channels[1:]):
        layers += [nn.Conv1d(cin, cout, config.kernel, padding=config.kernel // 2), config.norm(cout), nn.ReLU()]
    layers += [nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.LazyLinear(5)]
    return nn.Sequential(*layers)


def main() -> None:
    torch.manual_seed(0)
    config = Config()
    ecg = torch.randn(8, 1, 360)
    print(make_model(config)(ecg).shape)


main()
