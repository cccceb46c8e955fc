import torch
from torch import nn

plans = {
    "patch_size": (16, 40, 32),
    "features": (4, 8, 16, 16),
    "strides": ((1, 1, 1), (2, 2, 2), (2, 2, 2), (2, 2, 2)),
}


def stage(cin, cout, stride):
    return nn.Sequential(
        nn.Conv3d(cin, cout, 3, stride, 1), nn.InstanceNorm3d(cout, affine=True), nn.LeakyReLU(0.01, inplace=True)
    )


class PlainUNet(nn.Module):
    def __init__(self, features, strides):
        super().__init__()
        self.encoder = nn.ModuleList(stage(a, b, s) for a, b, s in zip((1, *features), features, strides))
        self.up = nn.ModuleList(
            nn.ConvTranspose3d(features[i], features[i - 1], strides[i], strides[i]) for i in range(len(features) - 1, 0, -1)
        )
        self.decoder = nn.ModuleList(stage(features[i - 1] * 2, features[i - 1], 1) for i in range(len(features) - 1, 0, -1))
        self.head = nn.Conv3d(features[0], 2, 1)

    def forward(self, x):
        skips = []
        for enc in self.encoder:
            x = enc(x)
            skips.append(x)
        skips.pop()
        for i in range(len(self.up)):
            x = torch.cat((self.up[i](x), skips[-i - 1]), 1)
            x = self.decoder[i](x)
        return self.head(x)


torch.manual_seed(0)
patch = plans["patch_size"]
net = PlainUNet(plans["features"], plans["strides"])
print(net(torch.rand(1, 1, *patch)).shape)
