import io

import torch
from torch import nn


def train(model, steps):
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(steps):
        x = torch.randn(10, 8)
        loss = (model(x) - x.mean(1, keepdim=True)).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(8)
regressor = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ELU(), nn.Linear(16, 1))
train(regressor, 6)
regressor.eval()
scripted = torch.jit.trace(regressor, torch.randn(4, 8), check_trace=False)
buffer = io.BytesIO()
torch.jit.save(scripted, buffer)
print(len(buffer.getvalue()) > 1000)
