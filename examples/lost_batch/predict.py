"""The batch axis is dropped two functions away from the model."""

from data import prepare
from torch import nn


def build() -> nn.Module:
    return nn.Sequential(nn.Conv3d(1, 8, 3, padding=1), nn.BatchNorm3d(8), nn.ReLU()).eval()


def predict(model: nn.Module, number: int) -> None:
    scan = prepare(number)
    print(model(scan).shape)


if __name__ == "__main__":
    predict(build(), 7)
