import torch
from torch import nn


def stage(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1), nn.GroupNorm(cout, 8), nn.Mish())


class ScoreNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = stage(3, 32)
        self.middle = stage(32, 64)
        self.leave = nn.Conv2d(64, 3, 3, padding=1)

    def forward(self, x, t):
        return self.leave(self.middle(self.enter(x))) * t.view(-1, 1, 1, 1)


if __name__ == "__main__":
    torch.manual_seed(0)
    net = ScoreNet()
    print(net(torch.randn(2, 3, 16, 16), torch.rand(2)).std().item())
