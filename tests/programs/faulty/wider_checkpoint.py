import os
import tempfile

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv1d(2, width, 5, padding=2)
        self.bn = nn.BatchNorm1d(width)
        self.fc = nn.Linear(width, 2)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv(x))).mean(-1))


torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "best.pt")
    torch.save(Net(width=32).state_dict(), path)
    student = Net(width=16)
    student.load_state_dict(torch.load(path))
    student.eval()
    print(student(torch.randn(3, 2, 50)).tolist())
