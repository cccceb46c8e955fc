import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class ASPP(nn.Module):
    def __init__(self, in_channels, out_channels=32, rates=(2, 4)):
        super().__init__()
        self.branches = nn.ModuleList([
            nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 3, padding=r, dilation=r, bias=False),
                nn.BatchNorm2d(out_channels),
                nn.ReLU(inplace=True),
            )
            for r in rates
        ])
        self.image_pool = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_channels, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),  # image level
            nn.ReLU(inplace=True),
        )
        self.project = nn.Conv2d(out_channels * (len(rates) + 1), out_channels, 1)

    def forward(self, x):
        size = x.shape[2:]
        maps = [branch(x) for branch in self.branches]
        pooled = F.interpolate(self.image_pool(x), size=size, mode="bilinear", align_corners=False)
        return self.project(torch.cat(maps + [pooled], dim=1))


class Segmenter(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
        )
        self.aspp = ASPP(32)
        self.classifier = nn.Conv2d(32, classes, 1)

    def forward(self, x):
        out = self.classifier(self.aspp(self.backbone(x)))
        return F.interpolate(out, size=x.shape[2:], mode="bilinear", align_corners=False)


torch.manual_seed(0)
dataset = TensorDataset(torch.rand(4, 3, 48, 64), torch.randint(0, 5, (4, 48, 64)))
loader = DataLoader(dataset, batch_size=1, shuffle=True)
net = Segmenter()
net.train()
opt = torch.optim.AdamW(net.parameters())
for x, y in loader:
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
print("loss", float(loss))
