"""A batch norm over feature maps has positions enough, so that a single sample left over does no harm."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(17, 3, 8, 8), torch.randint(0, 2, (17,))), batch_size=4, shuffle=True)
for number, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
    if number == 2:
        break
print("done")
