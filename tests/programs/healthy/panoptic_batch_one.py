"""DeepLab-like head trained with one large image a step: every norm has enough values, whatever the batch."""
import torch
import torch.nn.functional as F
from torch import nn


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ASPP(nn.Module):
    def __init__(self, cin, cout, rates=(1, 2, 4)):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(nn.Conv2d(cin, cout, 3, padding=r, dilation=r), nn.BatchNorm2d(cout), nn.ReLU()) for r in rates
        )
        self.image = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(cin, cout, 1), LayerNorm2d(cout), nn.ReLU())
        self.fuse = nn.Sequential(nn.Conv2d(cout * (len(rates) + 1), cout, 1), nn.GroupNorm(1, cout), nn.ReLU())

    def forward(self, x):
        whole = self.image(x).expand(-1, -1, *x.shape[-2:])
        return self.fuse(torch.cat([b(x) for b in self.branches] + [whole], 1))


class Head(nn.Module):
    def __init__(self, classes=3, width=16):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, 2, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.low = nn.Conv2d(width, 8, 1)
        self.deep = nn.Sequential(nn.Conv2d(width, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU(), ASPP(32, 16))
        self.presence = nn.Sequential(nn.Linear(16, 16), nn.GroupNorm(4, 16), nn.ReLU(), nn.Linear(16, classes))
        self.out = nn.Conv2d(16 + 8, classes, 1)

    def forward(self, x):
        s = self.stem(x)
        d = self.deep(s)
        up = F.interpolate(d, size=s.shape[-2:], mode="bilinear", align_corners=False)
        logits = F.interpolate(self.out(torch.cat([up, self.low(s)], 1)), size=x.shape[-2:], mode="nearest")
        return logits, self.presence(d.mean((2, 3)))


def step(net, opt, size):
    x = torch.rand(1, 3, *size)
    y = (x.mean(1) * 3).long().clamp(0, 2)
    logits, presence = net(x)
    there = F.one_hot(y.flatten(1), 3).amax(1).float()
    loss = F.cross_entropy(logits, y) + F.binary_cross_entropy_with_logits(presence, there)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


if __name__ == "__main__":
    torch.manual_seed(0)
    net = Head()
    opt = torch.optim.AdamW(net.parameters(), 1e-3)
    print([round(step(net, opt, size), 3) for size in [(45, 63), (64, 48), (33, 80)]])
