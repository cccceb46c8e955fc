"""Exports the classifier with TorchScript and serves one frame."""
import io

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.pool = nn.MaxPool2d(2)
        self.classify = nn.Linear(16 * 16 * 16, 4)

    def forward(self, x):
        x = self.pool(torch.relu(self.norm(self.conv(x))))
        return self.classify(x.flatten(1))


torch.manual_seed(0)
buffer = io.BytesIO()
torch.jit.save(torch.jit.script(Classifier().eval()), buffer)
buffer.seek(0)
served = torch.jit.load(buffer)
frame = torch.rand(1, 3, 80, 80)
print(served(frame).softmax(1).tolist())
