"""Deep image prior: one image, no batch axis anywhere, fitted from noise."""
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1, padding_mode="reflect")
        self.norm = nn.InstanceNorm2d(cout, affine=True)

    def forward(self, x):
        return nn.functional.leaky_relu(self.norm(self.conv(x)), 0.1)


class Prior(nn.Module):
    """Takes and gives (C, H, W), which convolutions and instance norms both allow."""

    def __init__(self, noise=8, width=16):
        super().__init__()
        self.layers = nn.Sequential(Layer(noise, width), Layer(width, width), nn.Conv2d(width, 3, 1), nn.Sigmoid())

    def forward(self, z):
        return self.layers(z)


def corrupt(image, keep):
    mask = (torch.rand(1, *image.shape[1:]) < keep).float()
    return image * mask, mask


def target(side):
    ramp = torch.linspace(0, 1, side)
    return torch.stack([ramp.expand(side, side), ramp[:, None].expand(side, side), torch.full((side, side), 0.3)])


def fit(net, seen, mask, steps=6):
    z = 0.1 * torch.rand(8, *seen.shape[1:])
    opt = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(steps):
        out = net(z + 0.01 * torch.randn_like(z))
        loss = ((out - seen) * mask).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    return out.detach()


torch.manual_seed(0)
image = target(32)
seen, mask = corrupt(image, 0.5)
restored = fit(Prior(), seen, mask)
print("error", round(float((restored - image).abs().mean()), 4), tuple(restored.shape))
