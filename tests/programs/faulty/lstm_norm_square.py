import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, series=6, hidden=24):
        super().__init__()
        self.lstm = nn.LSTM(series, hidden, batch_first=True)
        self.bn = nn.BatchNorm1d(hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, window):
        states, _ = self.lstm(window)
        states = self.bn(states)
        return self.out(states[:, -1])


torch.manual_seed(0)
model = Forecaster()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(3):
    window = torch.randn(16, 24, 6)
    loss = nn.functional.mse_loss(model(window), window[:, -1, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("fitted")
