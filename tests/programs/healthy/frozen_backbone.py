"""Fine-tuning a head on a backbone whose norms stay in inference mode."""
import torch
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.backbone.requires_grad_(False)
        self.head = nn.Linear(8, 3)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


torch.manual_seed(0)
warm = Frozen()
for module in warm.backbone:
    if isinstance(module, nn.BatchNorm2d):
        module.running_mean.normal_()
        module.running_var.uniform_(0.5, 2.0)
model = warm.train()
optimizer = torch.optim.Adam(model.head.parameters())
for _ in range(3):
    loss = nn.functional.cross_entropy(model(torch.rand(1, 3, 32, 32)), torch.tensor([1]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
