import torch
from torch import nn


class Reduce(nn.Module):
    def __init__(self, filters_in, filters_out, stride):
        super().__init__()
        self.conv = nn.Conv2d(filters_in, filters_out, 3, stride, 1)
        self.norm = nn.BatchNorm2d(filters_out)
        self.act = nn.LeakyReLU(0.2, inplace=True)

    def forward(self, x):
        x = self.conv(x)
        x = self.norm(x)
        return self.act(x)


class Discriminator(nn.Module):
    def __init__(self, filters=(16, 16, 32, 64)):
        super().__init__()
        body = [nn.Conv2d(3, filters[0], 3, 1, 1), nn.LeakyReLU(0.2)]
        for i, (a, b) in enumerate(zip(filters, filters[1:])):
            body.append(Reduce(a, b, stride=2 - i % 2))
        self.body = nn.Sequential(*body)
        self.out = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(filters[-1] * 4, 1))

    def forward(self, img):
        return self.out(self.body(img))


if __name__ == "__main__":
    torch.manual_seed(4)
    d = Discriminator()
    real, fake = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    gap = d(real).mean() - d(fake).mean()
    gap.backward()
    print("gap", round(gap.item(), 5))
