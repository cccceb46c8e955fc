import torch
from torch import nn


def block(cin, cout, kernel):
    return nn.Sequential(nn.Conv1d(cin, cout, kernel, padding=kernel // 2), nn.InstanceNorm1d(cout, affine=True), nn.LeakyReLU(0.1))


class WaveUNet(nn.Module):
    def __init__(self, depth=3, width=8):
        super().__init__()
        sizes = [width * (i + 1) for i in range(depth)]
        self.downs = nn.ModuleList([block(cin, cout, 15) for cin, cout in zip([1] + sizes, sizes)])
        self.middle = block(sizes[-1], sizes[-1], 15)
        self.ups = nn.ModuleList([block(a + b, b, 5) for a, b in zip([sizes[-1]] + sizes[:0:-1], sizes[::-1])])
        self.out = nn.Conv1d(sizes[0], 2, 1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = x[:, :, ::2]
        x = self.middle(x)
        for up, skip in zip(self.ups, reversed(skips)):
            x = up(torch.cat([nn.functional.interpolate(x, scale_factor=2.0), skip], dim=1))
        return self.out(x)


torch.manual_seed(0)
mixture = torch.randn(2, 1, 1000)
print(WaveUNet()(mixture).shape)
