import torch
from torch import nn


class Block(nn.Module):
    """Depthwise convolution, layer norm, two pointwise linears."""

    def __init__(self, dim, layer_scale=1e-6):
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(4 * dim, dim)
        self.gamma = nn.Parameter(layer_scale * torch.ones(dim))

    def forward(self, x):
        shortcut = x
        x = self.dwconv(x)
        x = self.norm(x)
        x = x.permute(0, 2, 3, 1)
        x = self.pwconv2(self.act(self.pwconv1(x)))
        x = (self.gamma * x).permute(0, 3, 1, 2)
        return shortcut + x


class TinyConvNeXt(nn.Module):
    def __init__(self, dims=(24, 48), classes=10):
        super().__init__()
        self.stages = nn.Sequential(
            nn.Conv2d(3, dims[0], 4, stride=4),
            Block(dims[0]),
            nn.Conv2d(dims[0], dims[1], 2, stride=2),
            Block(dims[1]),
        )
        self.norm = nn.LayerNorm(dims[1])
        self.head = nn.Linear(dims[1], classes)

    def forward(self, x):
        return self.head(self.norm(self.stages(x).mean([-2, -1])))


torch.manual_seed(0)
logits = TinyConvNeXt()(torch.rand(2, 3, 64, 64))
print(logits.shape)
