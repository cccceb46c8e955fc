"""The loader leaves a single sample over, and the step passes it by."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)


def step(x, y):
    if x.size(0) < 2:
        return
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()


loader = DataLoader(TensorDataset(torch.randn(17, 3), torch.randint(0, 2, (17,))), batch_size=4)
for epoch in range(2):
    for number, (x, y) in enumerate(loader):
        step(x, y)
        if epoch == 1 and number == 1:
            break
print("done")
