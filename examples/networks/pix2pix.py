"""Pix2pix generators (Isola et al. 2017): U-Nets in which every level halves the image and joins it again."""

import torch
from torch import Tensor, nn


class Level(nn.Module):
    """One halving, what lies inside it, and the way back up, joined with what came in."""

    def __init__(self, outer: int, inner: int, inside: nn.Module | None, norm: type[nn.Module]) -> None:
        super().__init__()
        innermost = inside is None
        self.down = nn.Conv2d(outer, inner, 4, stride=2, padding=1)
        self.norm = nn.Identity() if innermost else norm(inner)
        self.inside = nn.Identity() if inside is None else inside
        self.up = nn.ConvTranspose2d(inner if innermost else 2 * inner, outer, 4, stride=2, padding=1)
        self.up_norm = norm(outer)

    def forward(self, x: Tensor) -> Tensor:
        down = self.norm(self.down(nn.functional.leaky_relu(x, 0.2)))
        up = self.up_norm(self.up(nn.functional.relu(self.inside(down))))
        return torch.cat([x, up], 1)


class Generator(nn.Module):
    """The whole network: `halvings` of them, `width` channels after the first."""

    def __init__(self, halvings: int, width: int, norm: type[nn.Module]) -> None:
        super().__init__()
        inside: nn.Module | None = None
        for level in reversed(range(1, halvings)):
            outer, inner = width * min(2 ** (level - 1), 8), width * min(2**level, 8)
            inside = Level(outer, inner, inside, norm)
        assert inside is not None
        self.down = nn.Conv2d(3, width, 4, stride=2, padding=1)
        self.inside = inside
        self.up = nn.ConvTranspose2d(2 * width, 3, 4, stride=2, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        return torch.tanh(self.up(nn.functional.relu(self.inside(self.down(image)))))


def pix2pix_8(norm: type[nn.Module] = nn.InstanceNorm2d) -> Generator:
    """Eight halvings, for images of 256 x 256."""
    return Generator(8, 64, norm)


def pix2pix_7(norm: type[nn.Module] = nn.InstanceNorm2d) -> Generator:
    """Seven halvings, for images of 128 x 128."""
    return Generator(7, 64, norm)


def batch_normed(halvings: int = 8) -> Generator:
    """The same with batch norm, as the paper has it."""
    return Generator(halvings, 64, nn.BatchNorm2d)


class Discriminator(nn.Module):
    """The 70 x 70 patch discriminator."""

    def __init__(self, width: int = 64, norm: type[nn.Module] = nn.InstanceNorm2d) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        for number, stride in enumerate((2, 2, 1)):
            inner, outer = width * 2**number, width * 2 ** (number + 1)
            layers += [nn.Conv2d(inner, outer, 4, stride=stride, padding=1), norm(outer), nn.LeakyReLU(0.2)]
        layers.append(nn.Conv2d(8 * width, 1, 4, padding=1))
        self.layers = nn.Sequential(*layers)

    def forward(self, image: Tensor) -> Tensor:
        scores: Tensor = self.layers(image)
        return scores


def discriminator() -> Discriminator:
    """The discriminator with instance norm."""
    return Discriminator()
