import torch
from torch import nn

torch.manual_seed(0)
latent = 12
generator = nn.Sequential(
    nn.ConvTranspose2d(latent, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU(True),
    nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
    nn.ConvTranspose2d(16, 1, 4, 2, 1, bias=False), nn.Tanh(),
)
critic = nn.Sequential(
    nn.Conv2d(1, 16, 4, 2, 1, bias=False), nn.LeakyReLU(0.2),
    nn.Conv2d(16, 32, 4, 2, 1, bias=False), nn.InstanceNorm2d(32, affine=True), nn.LeakyReLU(0.2),
    nn.Conv2d(32, 1, 4, 1, 0, bias=False),
)
opt_g = torch.optim.RMSprop(generator.parameters(), lr=5e-5)
opt_c = torch.optim.RMSprop(critic.parameters(), lr=5e-5)
for step in range(2):
    real, z = torch.rand(8, 1, 16, 16), torch.randn(8, latent, 1, 1)
    fake = generator(z)
    loss_c = critic(fake.detach()).mean() - critic(real).mean()
    opt_c.zero_grad(); loss_c.backward(); opt_c.step()
    loss_g = -critic(generator(z)).mean()
    opt_g.zero_grad(); loss_g.backward(); opt_g.step()
generator.eval()
with torch.no_grad():
    print(generator(torch.randn(1, latent, 1, 1)).shape)
