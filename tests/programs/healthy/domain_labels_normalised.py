import torch
from torch import nn


class Generator(nn.Module):
    """One generator for several domains: the target's code is joined to the image as maps."""

    def __init__(self, domains=3, width=16):
        super().__init__()
        self.entry = nn.GroupNorm(1, 3 + domains)
        self.stem = nn.Conv2d(3 + domains, width, 7, padding=3)
        self.out = nn.Conv2d(width, 3, 7, padding=3)

    def forward(self, image, code):
        maps = code[:, :, None, None].expand(-1, -1, *image.shape[2:])
        x = self.entry(torch.cat([image, maps], dim=1))
        return torch.tanh(self.out(torch.relu(self.stem(x))))


torch.manual_seed(0)
fake = Generator()(torch.rand(4, 3, 16, 16), torch.eye(3)[[0, 1, 2, 0]])
print(fake.shape)
