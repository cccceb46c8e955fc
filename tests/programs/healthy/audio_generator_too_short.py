import torch
from torch import nn


def scale_discriminator(depth=4, kernel=11):
    layers, channels = [nn.Conv1d(1, 4, 15)], 4
    for _ in range(depth):
        layers.append(nn.Conv1d(channels, channels * 2, kernel, stride=3))
        layers.append(nn.InstanceNorm1d(channels * 2, affine=True))
        layers.append(nn.LeakyReLU(0.1))
        channels *= 2
    return nn.Sequential(*layers)


torch.manual_seed(0)
judge = scale_discriminator()
snippet = torch.randn(3, 1, 1200)
score = judge(snippet)
print(score.mean().item())
