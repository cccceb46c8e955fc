"""Synchronised batch norm without a process group is plain batch norm."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU()))
print(net(torch.rand(2, 3, 16, 16)).mean().item())
