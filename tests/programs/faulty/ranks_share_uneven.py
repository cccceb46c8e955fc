"""What one of four ranks does, tried alone for a few steps; the sampler shares the data out."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

RANK, WORLD, STEPS = 0, 4, 3
dataset = TensorDataset(torch.randn(257, 10), torch.randn(257, 1))
sampler = DistributedSampler(dataset, num_replicas=WORLD, rank=RANK, shuffle=True)
loader = DataLoader(dataset, batch_size=16, sampler=sampler)
net = nn.Sequential(nn.Linear(10, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 1))
optimizer = torch.optim.AdamW(net.parameters())
done = 0
while done < STEPS:
    sampler.set_epoch(0)
    for inputs, targets in loader:
        loss = (net(inputs) - targets).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        done += 1
        if done == STEPS:
            break
print("steps:", done)
