import torch
import torch.nn.functional as F
from torch import nn


class MixerBlock(nn.Module):
    def __init__(self, tokens, channels):
        super().__init__()
        self.token_mix = nn.Sequential(nn.Linear(tokens, tokens * 2), nn.GELU(), nn.Linear(tokens * 2, tokens))
        self.channel_mix = nn.Sequential(nn.Linear(channels, channels * 2), nn.GELU(), nn.Linear(channels * 2, channels))

    def forward(self, x):
        x = F.layer_norm(x, x.shape[1:2])
        x = x + self.token_mix(x.transpose(1, 2)).transpose(1, 2)
        return x + self.channel_mix(F.layer_norm(x, x.shape[-1:]))


torch.manual_seed(0)
patches = torch.randn(2, 49, 32)
print(MixerBlock(49, 32)(patches).shape)
