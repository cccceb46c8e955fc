import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, width=64, ups=2):
        super().__init__()
        self.start = nn.Linear(10, width * 16)
        self.width = width
        self.blocks = nn.ModuleList()
        for _ in range(ups):
            self.blocks.append(nn.ConvTranspose2d(width, width // 2, 4, 2, 1))
            self.blocks.append(nn.GroupNorm(4, width // 2))
            self.blocks.append(nn.ReLU())
            width = width // 2
        self.last = nn.Conv2d(16, 1, 3, padding=1)

    def forward(self, z):
        x = self.start(z).view(-1, self.width, 4, 4)
        for block in self.blocks:
            x = block(x)
        return self.last(x).sigmoid()


torch.manual_seed(0)
print(Decoder()(torch.randn(3, 10)).shape)
