import torch
from torch import nn

torch.manual_seed(6)
readings = torch.randn(96, 5) * torch.tensor([1.0, 10.0, 0.1, 5.0, 2.0])
readings[37, 3] = float("nan")  # the sensor was off
target = readings[:, :1] * 2
model = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    for batch in torch.arange(96).split(12):
        rows = readings[batch]
        loss = (model(rows) - target[batch]).pow(2).mean()
        if not torch.isfinite(loss):
            continue
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
print(model(torch.zeros(2, 5)).shape)
