import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def fit(model, loader):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for xb, yb in loader:
        loss = nn.functional.mse_loss(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def validate(model, loader):
    total = 0.0
    with torch.no_grad():
        for xb, yb in loader:
            total += nn.functional.mse_loss(model(xb), yb).item() * len(xb)
    return total / len(loader.dataset)


torch.manual_seed(0)
x = torch.randn(61, 7)
y = x.mean(dim=1, keepdim=True)
train = DataLoader(TensorDataset(x[:40], y[:40]), batch_size=10, shuffle=True)
valid = DataLoader(TensorDataset(x[40:], y[40:]), batch_size=10)
model = nn.Sequential(nn.Linear(7, 14), nn.BatchNorm1d(14), nn.ReLU(), nn.Linear(14, 1))
for epoch in range(2):
    fit(model, train)
    print(epoch, round(validate(model, valid), 4))
