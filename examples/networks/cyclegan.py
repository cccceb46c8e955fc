"""CycleGAN generators (Zhu et al. 2017): two halvings, residual blocks with reflection padding, two doublings."""

from torch import Tensor, nn


class Block(nn.Module):
    """A residual block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.layers(x)
        return changed


class Generator(nn.Module):
    """The whole network, with this many residual blocks."""

    def __init__(self, blocks: int = 9, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7)]
        layers += [nn.InstanceNorm2d(width), nn.ReLU(inplace=True)]
        for inner in (width, 2 * width):
            layers += [nn.Conv2d(inner, 2 * inner, 3, stride=2, padding=1), nn.InstanceNorm2d(2 * inner), nn.ReLU()]
        layers += [Block(4 * width) for _ in range(blocks)]
        for inner in (4 * width, 2 * width):
            layers.append(nn.ConvTranspose2d(inner, inner // 2, 3, stride=2, padding=1, output_padding=1))
            layers += [nn.InstanceNorm2d(inner // 2), nn.ReLU(inplace=True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
        self.layers = nn.Sequential(*layers)

    def forward(self, image: Tensor) -> Tensor:
        changed: Tensor = self.layers(image)
        return changed


def cyclegan_9() -> Generator:
    """Nine blocks, for images of 256 x 256."""
    return Generator(9)


def cyclegan_6() -> Generator:
    """Six blocks, for images of 128 x 128."""
    return Generator(6)
