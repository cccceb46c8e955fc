import torch
from torch import nn


def convbn(cin, cout, make_norm=nn.BatchNorm3d):
    return nn.Sequential(nn.Conv3d(cin, cout, 3, padding=1, bias=False), make_norm(cout))


class Stereo(nn.Module):
    def __init__(self, disparities=6):
        super().__init__()
        self.disparities = disparities
        self.features = nn.Conv2d(3, 8, 3, padding=1)
        self.aggregate = nn.Sequential(convbn(16, 8), nn.ReLU(), nn.Conv3d(8, 1, 3, padding=1))

    def forward(self, left, right):
        a, b = self.features(left), self.features(right)
        volume = torch.stack([torch.cat([a, b.roll(d, -1)], 1) for d in range(self.disparities)], dim=2)
        return self.aggregate(volume).squeeze(1).softmax(1)


torch.manual_seed(0)
print(Stereo()(torch.rand(1, 3, 16, 24), torch.rand(1, 3, 16, 24)).shape)
