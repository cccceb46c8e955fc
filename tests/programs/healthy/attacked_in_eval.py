import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 2)
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(40):
    y = torch.randint(0, 2, (16,))
    x = torch.randn(16, 1, 12, 12) + y[:, None, None, None]
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()

model.eval()
attacked = x.clone()
for _ in range(5):
    attacked.requires_grad_(True)
    F.cross_entropy(model(attacked), y).backward()
    attacked = (attacked + 0.05 * attacked.grad.sign()).detach()
with torch.no_grad():
    print((model(x).argmax(1) == y).float().mean().item(), (model(attacked).argmax(1) == y).float().mean().item())
