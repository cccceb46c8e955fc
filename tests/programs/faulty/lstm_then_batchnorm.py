import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, inputs=5, hidden=24):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, batch_first=True)
        self.norm = nn.BatchNorm1d(hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        x, _ = self.lstm(x)
        x = self.norm(x)
        return self.out(x[:, -1])


torch.manual_seed(0)
series = torch.randn(16, 30, 5)
model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    loss = nn.functional.mse_loss(model(series), series[:, -1, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
