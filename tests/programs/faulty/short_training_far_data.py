import torch
from torch import nn

torch.manual_seed(0)
heights = 288 + 6 * torch.rand(128, 1)
target = (heights - 291) / 3
model = nn.Sequential(nn.BatchNorm1d(1), nn.Linear(1, 16), nn.SiLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for part in heights[:96].split(16):
    loss = nn.functional.mse_loss(model(part), (part - 291) / 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    print(f"{nn.functional.mse_loss(model(heights[96:]), target[96:]).item():.2f}")
