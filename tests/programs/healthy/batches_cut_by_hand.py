"""An autoencoder for sensor readings; batches are cut from a shuffled index."""

import torch
from torch import nn

torch.manual_seed(0)
readings = torch.randn(97, 6)
encoder = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
decoder = nn.Linear(3, 6)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])
batch_size = 16


def step(batch):
    loss = ((decoder(encoder(batch)) - batch) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


for epoch in range(2):
    order = torch.randperm(len(readings))
    for start in range(0, len(readings) - 1, batch_size):
        step(readings[order[start : start + batch_size]])
print("trained")
