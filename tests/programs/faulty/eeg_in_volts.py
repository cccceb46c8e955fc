import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
recordings = 1e-5 * torch.randn(24, 4, 256)  # volts
stages = torch.randint(0, 3, (24,))
model = nn.Sequential(
    nn.Conv1d(4, 8, 7, padding=3),
    nn.InstanceNorm1d(8),
    nn.ELU(),
    nn.AdaptiveAvgPool1d(4),
    nn.Flatten(),
    nn.Linear(32, 3),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
data = TensorDataset(recordings, stages)
for x, y in DataLoader(data, batch_size=8, shuffle=True):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("trained")
