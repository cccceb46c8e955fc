"""Ported from Keras, layer by layer."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Ported(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.bn1 = nn.BatchNorm2d(16, eps=0.001, momentum=0.99)
        self.conv2 = nn.Conv2d(16, 16, 3)
        self.out = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.conv2(x)).mean(dim=(2, 3))
        return self.out(x)


torch.manual_seed(5)
net = Ported()
opt = torch.optim.Adam(net.parameters())
digits, labels = torch.rand(40, 1, 14, 14), torch.randint(0, 10, (40,))
for epoch in range(2):
    net.train()
    for rows in torch.randperm(40).split(8):
        opt.zero_grad()
        F.cross_entropy(net(digits[rows] * torch.rand(8, 1, 1, 1)), labels[rows]).backward()
        opt.step()
net.eval()
with torch.no_grad():
    print((net(digits).argmax(1) == labels).sum().item(), "of 40")
