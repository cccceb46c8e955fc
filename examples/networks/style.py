"""The style-transfer network of Johnson et al. 2016, with instance norm as Ulyanov et al. have it."""

from torch import Tensor, nn


class Convolution(nn.Module):
    """Reflection padding, a convolution, and where asked an instance norm."""

    def __init__(self, inner: int, outer: int, size: int, stride: int = 1, normed: bool = True) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d(size // 2)
        self.conv = nn.Conv2d(inner, outer, size, stride)
        self.norm = nn.InstanceNorm2d(outer, affine=True) if normed else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        normed: Tensor = self.norm(self.conv(self.pad(x)))
        return normed


class Residual(nn.Module):
    """Two convolutions and what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Convolution(channels, channels, 3)
        self.second = Convolution(channels, channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.second(self.first(x).relu())
        return changed


class StyleTransfer(nn.Module):
    """The whole network."""

    def __init__(self, blocks: int = 5) -> None:
        super().__init__()
        self.down = nn.Sequential(
            Convolution(3, 32, 9),
            nn.ReLU(),
            Convolution(32, 64, 3, 2),
            nn.ReLU(),
            Convolution(64, 128, 3, 2),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(*(Residual(128) for _ in range(blocks)))
        self.up = nn.Sequential(
            nn.Upsample(scale_factor=2),
            Convolution(128, 64, 3),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            Convolution(64, 32, 3),
            nn.ReLU(),
            Convolution(32, 3, 9, normed=False),
        )

    def forward(self, image: Tensor) -> Tensor:
        changed: Tensor = self.up(self.blocks(self.down(image)))
        return changed


def style() -> StyleTransfer:
    """The network with random weights."""
    return StyleTransfer()
