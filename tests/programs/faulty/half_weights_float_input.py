import torch
from torch import nn


class Denoiser(nn.Module):
    def __init__(self, depth=3, width=16):
        super().__init__()
        layers = [nn.Conv2d(1, width, 3, padding=1), nn.ReLU()]
        for _ in range(depth):
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        layers.append(nn.Conv2d(width, 1, 3, padding=1))
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return x - self.body(x)


torch.manual_seed(0)
model = Denoiser().half().eval()
noisy = torch.rand(1, 1, 40, 40)
with torch.no_grad():
    clean = model(noisy)
print(clean.float().mean().item())
