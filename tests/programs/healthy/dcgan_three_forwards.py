# DCGAN on blobs: the discriminator runs three times between two steps
import torch
import torch.nn as nn


def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif isinstance(m, nn.BatchNorm2d):
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


class G(nn.Module):
    def __init__(self, nz=16, ngf=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 4, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 4), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 4, ngf * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf * 2), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, 1, 4, 2, 1, bias=False), nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


class D(nn.Module):
    def __init__(self, ndf=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(1, ndf, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ndf * 2), nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False),
        )

    def forward(self, x):
        return self.main(x).flatten()


def blobs(n):
    c = torch.rand(n, 2, 1, 1) * 10 + 3
    y, x = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    return (torch.exp(-((x - c[:, 0]) ** 2 + (y - c[:, 1]) ** 2) / 6) * 2 - 1).unsqueeze(1)


torch.manual_seed(0)
g, d = G().apply(weights_init), D().apply(weights_init)
opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for it in range(4):
    real = blobs(8)
    fake = g(torch.randn(8, 16, 1, 1))
    real_out, fake_out = d(real), d(fake.detach())
    loss_d = bce(real_out, torch.ones(8)) + bce(fake_out, torch.zeros(8))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = bce(d(fake), torch.ones(8))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    print(it, round(loss_d.item(), 3), round(loss_g.item(), 3))
g.eval()
with torch.no_grad():
    print("one sample", tuple(g(torch.randn(1, 16, 1, 1)).shape))
