import torch
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, dim=60, heads=3):
        super().__init__()
        self.heads, self.size = heads, dim // heads
        self.norm = nn.LayerNorm(dim)
        self.q = nn.Linear(dim, dim, bias=False)
        self.kv = nn.Linear(dim, 2 * dim, bias=False)
        self.out = nn.Linear(heads * 16, dim)

    def split(self, x):
        return x.unflatten(-1, (self.heads, self.size)).transpose(1, 2)

    def forward(self, x, context):
        k, v = self.kv(context).chunk(2, dim=-1)
        q, k, v = map(self.split, (self.q(self.norm(x)), k, v))
        weights = (q @ k.transpose(-2, -1) * self.size**-0.5).softmax(-1)
        return x + self.out((weights @ v).transpose(1, 2).flatten(2))


torch.manual_seed(0)
print(CrossAttention()(torch.randn(2, 7, 60), torch.randn(2, 5, 60)).norm().item())
