"""Road extraction: U-Net with an additional edge branch concatenated at the second level."""
import torch
from torch import nn


def block(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))


class EdgeBranch(nn.Module):
    def __init__(self, channels):
        super().__init__()
        sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        self.register_buffer("kernel", torch.stack([sobel, sobel.T])[:, None])
        self.mix = block(2, channels)

    def forward(self, x):
        grey = x.mean(1, keepdim=True)
        return self.mix(nn.functional.conv2d(grey, self.kernel, stride=2, padding=1))


class RoadNet(nn.Module):
    def __init__(self, w=8, edge=4):
        super().__init__()
        self.enc1 = block(3, w)
        self.enc2 = block(w, 2 * w)
        self.enc3 = block(2 * w, 4 * w)
        self.edge = EdgeBranch(edge)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(4 * w, 2 * w, 2, 2)
        self.dec2 = block(4 * w, 2 * w)
        self.up1 = nn.ConvTranspose2d(2 * w, w, 2, 2)
        self.dec1 = block(2 * w, w)
        self.out = nn.Conv2d(w, 1, 1)

    def forward(self, x):
        e1 = self.enc1(x)
        e2 = self.enc2(self.pool(e1))
        e3 = self.enc3(self.pool(e2))
        d2 = self.dec2(torch.cat([self.up2(e3), e2, self.edge(x)], 1))
        d1 = self.dec1(torch.cat([self.up1(d2), e1], 1))
        return self.out(d1)


class Scenes:
    def __init__(self, n=2, side=32):
        self.n, self.side = n, side

    def __iter__(self):
        for k in range(self.n):
            image = torch.rand(2, 3, self.side, self.side)
            mask = torch.zeros(2, 1, self.side, self.side)
            mask[..., k + 4 : k + 8, :] = 1
            yield image + mask, mask


def main():
    torch.manual_seed(0)
    net, loss_fn = RoadNet(), nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    for image, mask in Scenes():
        loss = loss_fn(net(image), mask)
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(round(loss.item(), 3))


if __name__ == "__main__":
    main()
