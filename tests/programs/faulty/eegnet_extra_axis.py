import torch
from torch import nn


class MotorImagery(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm1d(22)
        self.temporal = nn.Conv1d(22, 32, 25, stride=5)
        self.lin = nn.LazyLinear(4)

    def forward(self, x):
        return self.lin(self.temporal(self.bn(x)).relu().flatten(1))


torch.manual_seed(0)
trials = torch.randn(12, 22, 200)
net = MotorImagery()
x = trials.unsqueeze(1)
score = net(x)
print(score.shape)
