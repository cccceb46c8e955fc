import torch
from torch import nn


class Backbone(nn.Module):
    def __init__(self, dims=(8, 16, 32, 64)):
        super().__init__()
        self.stem = nn.Conv2d(3, dims[0], 3, padding=1)
        self.convs = nn.ModuleList()
        self.norms = nn.ModuleList()
        for i in range(len(dims) - 1):
            self.convs.append(nn.Conv2d(dims[i], dims[i + 1], 3, stride=2, padding=1))
            self.norms.append(nn.BatchNorm2d(dims[i]))
        self.head = nn.Linear(dims[-1], 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for conv, norm in zip(self.convs, self.norms):
            x = torch.relu(norm(conv(x)))
        return self.head(x.mean(dim=(2, 3)))


torch.manual_seed(0)
net = Backbone()
out = net(torch.rand(4, 3, 32, 32))
out.sum().backward()
print("gradient", net.head.weight.grad.abs().sum().item())
