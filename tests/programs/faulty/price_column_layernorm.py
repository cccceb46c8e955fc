"""Regression on a single feature."""
import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(1)
        self.head = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.head(self.norm(x))


torch.manual_seed(0)
area = torch.rand(64, 1) * 100
price = 3.0 * area + 20.0
model = Regressor()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(20):
    loss = nn.functional.mse_loss(model(area), price)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("mse", loss.item())
