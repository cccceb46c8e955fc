import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8))
net.load_state_dict(torch.load("weights/epoch_90.pt"))
