"""An autoencoder for eight sensors; batches are drawn one by one until the budget is spent."""
import torch
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, Subset, TensorDataset

data = TensorDataset(torch.randn(100, 8))
train = Subset(data, range(81))
loader = DataLoader(train, batch_sampler=BatchSampler(RandomSampler(train), 20, False))
autoencoder = nn.Sequential(nn.Linear(8, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 8))
optimizer = torch.optim.Adam(autoencoder.parameters())
batches = iter(loader)
for _ in range(2):
    (values,) = next(batches)
    loss = nn.functional.mse_loss(autoencoder(values), values)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("budget spent")
