import torch
from torch import nn

torch.manual_seed(0)
latent = 16


class Generator(nn.Module):
    def __init__(self):
        super().__init__()

        def block(inputs, outputs, normalize=True):
            layers = [nn.Linear(inputs, outputs)]
            if normalize:
                layers.append(nn.BatchNorm1d(outputs, 0.8))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            return layers

        self.model = nn.Sequential(*block(latent, 64, normalize=False), *block(64, 128), nn.Linear(128, 64), nn.Tanh())

    def forward(self, z):
        return self.model(z).view(z.size(0), 1, 8, 8)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))

    def forward(self, img):
        return self.model(img)


generator, discriminator = Generator(), Discriminator()
bce = nn.BCEWithLogitsLoss()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4)
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
real = torch.rand(32, 1, 8, 8) * 2 - 1
for step in range(3):
    fake = generator(torch.randn(32, latent))
    loss_d = bce(discriminator(real), torch.ones(32, 1)) + bce(discriminator(fake.detach()), torch.zeros(32, 1))
    opt_d.zero_grad(); loss_d.backward(); opt_d.step()
    loss_g = bce(discriminator(fake), torch.ones(32, 1))
    opt_g.zero_grad(); loss_g.backward(); opt_g.step()
    print(step, round(loss_d.item(), 3), round(loss_g.item(), 3))

with torch.no_grad():
    sample = generator(torch.randn(1, latent))
print("sample", tuple(sample.shape))
