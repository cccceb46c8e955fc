import torch
from torch import nn


class Experts(nn.Module):
    def __init__(self, width, experts):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(width, width) for _ in range(experts))
        self.norm = nn.GroupNorm(experts, width)
        self.gate = nn.Linear(width, experts)

    def forward(self, x):
        weights = self.gate(x).softmax(-1)
        mixed = sum(w.unsqueeze(-1) * e(x) for w, e in zip(weights.unbind(-1), self.experts))
        return self.norm(mixed)


torch.manual_seed(0)
layer = Experts(width=96, experts=6)
print(layer(torch.randn(5, layer.gate.in_features)).shape)
