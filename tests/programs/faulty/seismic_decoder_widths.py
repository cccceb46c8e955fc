"""Denoising of seismic sections with a small U-Net; widths come from a table."""
import torch
from torch import nn

WIDTHS = (16, 32, 64)


def double(i, o):
    return nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
        nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
    )


class Denoiser(nn.Module):
    def __init__(self, widths=WIDTHS):
        super().__init__()
        self.first = double(1, widths[0])
        self.down = nn.ModuleList(double(a, b) for a, b in zip(widths, widths[1:]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(widths[::-1][1:], widths[::-1]))
        self.merge = nn.ModuleList(double(a, a) for a in widths[::-1][1:])
        self.out = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x):
        skips = [self.first(x)]
        for stage in self.down:
            skips.append(stage(nn.functional.max_pool2d(skips[-1], 2)))
        y = skips.pop()
        for up, merge in zip(self.up, self.merge):
            y = merge(torch.cat([skips.pop(), up(y)], dim=1))
        return self.out(y)


torch.manual_seed(1)
net = Denoiser()
optimizer = torch.optim.Adam(net.parameters())
for step in range(2):
    clean = torch.randn(4, 1, 64, 96)
    noisy = clean + 0.1 * torch.randn_like(clean)
    loss = (net(noisy) - clean).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{step}: {loss:.3f}")
