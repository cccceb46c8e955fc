import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inner, outer, momentum=0.1):
        super().__init__()
        self.conv = nn.Conv3d(inner, outer, 3, padding=1)
        self.norm = nn.BatchNorm3d(outer, momentum=momentum)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


torch.manual_seed(13)
net = nn.Sequential(Block(1, 4), Block(4, 4), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(4, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for step in range(5):
    volume, label = torch.rand(3, 1, 8, 8, 8), torch.randint(0, 2, (3,))
    loss = nn.functional.cross_entropy(net(volume), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
net.eval()
print(net(torch.rand(1, 1, 8, 8, 8)).shape)
