"""An autoencoder whose decoder begins with a norm over maps."""

import torch
import torch.nn as nn


class AE(nn.Module):
    def __init__(self, latent=32):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, latent),
        )
        self.fc = nn.Linear(latent, 32 * 7 * 7)
        self.decoder = nn.Sequential(
            nn.BatchNorm2d(32),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
        )

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(self.fc(z))


m = AE()
x = torch.rand(8, 1, 28, 28)
print(nn.functional.mse_loss(m(x), x))
