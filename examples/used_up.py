"""A network whose strides have used up H and W before its last norm."""

import torch
from torch import nn


class Down(nn.Module):
    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inner, outer, kernel_size=4, stride=2, padding=1)
        self.norm = nn.InstanceNorm2d(outer)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(x)))


class Encoder(nn.Module):
    def __init__(self, widths: tuple[int, ...] = (3, 16, 32, 64, 128, 128, 128, 128)) -> None:
        super().__init__()
        self.stages = nn.Sequential(*(Down(a, b) for a, b in zip(widths, widths[1:])))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.stages(x)


if __name__ == "__main__":
    codes = Encoder()(torch.randn(4, 3, 128, 128))
    print(codes.shape)
