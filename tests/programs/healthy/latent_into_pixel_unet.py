"""Inpainting: the mask is given to the denoiser as one more channel."""
import torch
from torch import nn


class Denoiser(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_in = nn.Conv2d(channels, 32, 3, padding=1)
        self.mid = nn.Sequential(nn.GroupNorm(8, 32), nn.SiLU(), nn.Conv2d(32, 32, 3, padding=1))
        self.conv_out = nn.Sequential(nn.GroupNorm(8, 32), nn.SiLU(), nn.Conv2d(32, 4, 3, padding=1))

    def forward(self, x):
        h = self.conv_in(x)
        return self.conv_out(h + self.mid(h))


torch.manual_seed(0)
denoiser = Denoiser(channels=5)
latents = torch.randn(2, 4, 16, 16)
mask = (torch.rand(2, 1, 16, 16) > 0.5).float()
noisy = latents + torch.randn_like(latents)
prediction = denoiser(torch.cat([noisy, mask], dim=1))
print(nn.functional.mse_loss(prediction, latents).item())
