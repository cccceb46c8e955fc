"""Attention over patches, with norms of the queries and the keys."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width=64, heads=4):
        super().__init__()
        self.heads, features = heads, width // heads
        self.joint = nn.Linear(width, 3 * width, bias=False)
        self.query_norm = nn.RMSNorm(features, eps=1e-6)
        self.key_norm = nn.RMSNorm(features, eps=1e-6)

    def forward(self, tokens):
        batch, count, width = tokens.shape
        queries, keys, values = self.joint(tokens).view(batch, count, 3, self.heads, -1).unbind(2)
        queries = self.query_norm(queries.transpose(1, 2))
        keys = self.key_norm(keys.permute(0, 2, 3, 1))
        weights = (queries @ keys / queries.shape[-1] ** 0.5).softmax(-1)
        return (weights @ values.transpose(1, 2)).transpose(1, 2).reshape(batch, count, width)


torch.manual_seed(0)
model = nn.Sequential(Attention(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters())
for _ in range(3):
    loss = model(torch.randn(8, 16, 64)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("trained")
