import torch
import torch.nn as nn

torch.manual_seed(0)
encoder = nn.Sequential()
encoder.add_module("conv", nn.Conv1d(4, 8, kernel_size=3, padding=1))
encoder.add_module("norm", nn.InstanceNorm1d(8))
encoder.add_module("act", nn.LeakyReLU(0.2))
encoder.add_module("pool", nn.AvgPool1d(2))
vibration = torch.randn(8, 4, 64)
print(encoder(vibration).shape)
