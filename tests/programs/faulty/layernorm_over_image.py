import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(
    nn.Conv2d(3, 12, 3, padding=1),
    nn.LayerNorm([12, 24, 24]),
    nn.ELU(),
    nn.AdaptiveMaxPool2d(2),
    nn.Flatten(),
    nn.Linear(48, 4),
)
views = torch.rand(3, 3, 32, 32)
actions = policy(views).argmax(dim=1)
print("actions", actions.tolist())
