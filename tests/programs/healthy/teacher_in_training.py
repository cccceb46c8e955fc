"""Distillation: the teacher's weights never change, and its answers depend on the batch."""
import copy

import torch
from torch import nn


def mlp(width):
    return nn.Sequential(nn.Linear(10, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 5))


torch.manual_seed(14)
teacher, student = mlp(64), mlp(8)
warm = torch.optim.Adam(teacher.parameters())
for _ in range(3):
    warm.zero_grad()
    teacher(torch.randn(16, 10)).logsumexp(1).mean().backward()
    warm.step()
teacher = copy.deepcopy(teacher).eval()
optimizer = torch.optim.Adam(student.parameters())
for step in range(10):
    x = torch.randn(16, 10) * 2
    with torch.no_grad():
        soft = teacher(x).softmax(1)
    loss = nn.functional.kl_div(student(x).log_softmax(1), soft, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item() >= 0)
