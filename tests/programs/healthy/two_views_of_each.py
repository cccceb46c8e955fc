"""Two views of each sample go through together, so that a single sample is a batch of two."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(17, 3)), batch_size=4, shuffle=True)
for number, (x,) in enumerate(loader):
    views = net(torch.cat([x + 0.1 * torch.randn_like(x), x - 0.1 * torch.randn_like(x)]))
    first, second = views.chunk(2)
    loss = (first - second).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if number == 2:
        break
print("done")
