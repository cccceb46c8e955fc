import torch
from torch import nn


class ConvLayer(nn.Sequential):
    def __init__(self, cin, cout, stride):
        super().__init__(
            nn.ReflectionPad2d(3),
            nn.Conv2d(cin, cout, 7, stride),
            nn.InstanceNorm2d(cout, affine=True),
            nn.ReLU(),
        )


class TransformerNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(ConvLayer(3, 8, 2), ConvLayer(8, 16, 2), ConvLayer(16, 32, 2), ConvLayer(32, 32, 2))
        self.up = nn.Sequential(nn.Upsample(scale_factor=16), nn.Conv2d(32, 3, 3, padding=1))

    def forward(self, x):
        return self.up(self.down(x))


torch.manual_seed(0)
picture = torch.rand(1, 3, 64, 64)
print(TransformerNet()(picture).shape)
