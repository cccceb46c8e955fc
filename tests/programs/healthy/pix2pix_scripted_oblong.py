# Maps to aerial photos, generator exported for the C++ viewer.
import torch
import torch.nn as nn


class Down(nn.Module):
    def __init__(self, cin: int, cout: int, norm: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 4, 2, 1)
        self.norm = nn.InstanceNorm2d(cout, affine=True) if norm else nn.Identity()
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.act(self.norm(self.conv(x)))


class Up(nn.Module):
    def __init__(self, cin: int, cout: int):
        super().__init__()
        self.conv = nn.ConvTranspose2d(cin, cout, 4, 2, 1)
        self.norm = nn.InstanceNorm2d(cout, affine=True)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return torch.cat([torch.relu(self.norm(self.conv(x))), skip], 1)


class Generator(nn.Module):
    def __init__(self, width: int = 8):
        super().__init__()
        self.d1 = Down(3, width, norm=False)
        self.d2 = Down(width, width * 2)
        self.d3 = Down(width * 2, width * 4)
        self.d4 = Down(width * 4, width * 4)
        self.d5 = Down(width * 4, width * 4)
        self.d6 = Down(width * 4, width * 4)
        self.u5 = Up(width * 4, width * 4)
        self.u4 = Up(width * 8, width * 4)
        self.u3 = Up(width * 8, width * 4)
        self.u2 = Up(width * 8, width * 2)
        self.u1 = Up(width * 4, width)
        self.out = nn.ConvTranspose2d(width * 2, 3, 4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        s1 = self.d1(x)
        s2 = self.d2(s1)
        s3 = self.d3(s2)
        s4 = self.d4(s3)
        s5 = self.d5(s4)
        y = self.d6(s5)
        y = self.u5(y, s5)
        y = self.u4(y, s4)
        y = self.u3(y, s3)
        y = self.u2(y, s2)
        y = self.u1(y, s1)
        return torch.tanh(self.out(y))


def tiles(image, side):
    return image.unfold(2, side, side).unfold(3, side, side).permute(0, 2, 3, 1, 4, 5).flatten(0, 2)


torch.manual_seed(0)
scripted = torch.jit.script(Generator())
street_map = torch.rand(1, 3, 128, 192) * 2 - 1
for tile in tiles(street_map, 128):
    photo = scripted(tile.unsqueeze(0))
    print(tuple(photo.shape), round(float(photo.mean()), 4))
