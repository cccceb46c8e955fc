import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8))
        self.backbone.requires_grad_(False)
        self.head = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.head.parameters(), lr=0.1)
for epoch in range(3):
    net.train()
    for _ in range(10):
        loss = nn.functional.cross_entropy(net(torch.randn(16, 6)), torch.randint(0, 2, (16,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print([net(torch.randn(4, 6)).argmax(1).tolist() for _ in range(3)])
