"""Leaf segmentation at whatever size the phone gives: pad to a multiple, run, cut back."""
import torch
import torch.nn.functional as F
from torch import nn


class DoubleConv(nn.Sequential):
    def __init__(self, a, b):
        super().__init__(
            nn.Conv2d(a, b, 3, padding=1), nn.InstanceNorm2d(b, affine=True), nn.LeakyReLU(),
            nn.Conv2d(b, b, 3, padding=1), nn.InstanceNorm2d(b, affine=True), nn.LeakyReLU(),
        )


class UNet(nn.Module):
    def __init__(self, widths=(8, 16, 32)):
        super().__init__()
        ins = (3, *widths[:-1])
        self.enc = nn.ModuleList(DoubleConv(a, b) for a, b in zip(ins, widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(widths, widths[1:]))
        self.dec = nn.ModuleList(DoubleConv(2 * a, a) for a in widths[:-1])
        self.out = nn.Conv2d(widths[0], 1, 1)
        self.multiple = 2 ** (len(widths) - 1)

    def forward(self, x):
        h, w = x.shape[-2:]
        x = F.pad(x, (0, -w % self.multiple, 0, -h % self.multiple), mode="reflect")
        skips = []
        for enc in self.enc[:-1]:
            skips.append(enc(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.enc[-1](x)
        for up, dec in zip(self.up[::-1], self.dec[::-1]):
            x = dec(torch.cat([skips.pop(), up(x)], 1))
        return self.out(x)[..., :h, :w]


def photos():
    for size in [(41, 50), (64, 33), (37, 37)]:
        image = torch.rand(1, 3, *size)
        yield image, (image[:, 1:2] > 0.5).float()


if __name__ == "__main__":
    torch.manual_seed(0)
    net = UNet()
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    for image, leaf in photos():
        logits = net(image)
        assert logits.shape == leaf.shape
        loss = F.binary_cross_entropy_with_logits(logits, leaf)
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(tuple(image.shape[-2:]), round(loss.item(), 3))
