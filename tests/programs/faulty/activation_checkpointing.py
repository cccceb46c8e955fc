import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class DenseBlock(nn.Module):
    def __init__(self, cin=16, growth=8, layers=3):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(cin + i * growth), nn.ReLU(), nn.Conv2d(cin + i * growth, growth, 3, padding=1))
            for i in range(layers)
        )
        self.squeeze = nn.Conv2d(growth * (layers - 1), cin, 1)

    def forward(self, x):
        features = x
        for layer in self.layers:
            features = torch.cat([features, layer(features)], 1)
        return self.squeeze(features)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.blocks = nn.ModuleList([DenseBlock(), DenseBlock()])

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False)
        return x.mean()


torch.manual_seed(0)
value = Net()(torch.rand(2, 3, 16, 16))
value.backward()
print(value.item())
