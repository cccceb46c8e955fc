"""Global context blocks (GCNet style) for counting cells."""
import torch
from torch import nn


class GlobalContext(nn.Module):
    """Attention pooling to one vector per image, transformed and added everywhere."""

    def __init__(self, channels, ratio=4):
        super().__init__()
        hidden = channels // ratio
        self.mask = nn.Conv2d(channels, 1, 1)
        self.squeeze = nn.Conv2d(channels, hidden, 1)
        self.norm = nn.GroupNorm(hidden, hidden)
        self.excite = nn.Conv2d(hidden, channels, 1)

    def context(self, x):
        weights = self.mask(x).flatten(2).softmax(-1)
        return (x.flatten(2) @ weights.transpose(1, 2)).unsqueeze(-1)

    def forward(self, x):
        c = self.norm(self.squeeze(self.context(x)))
        return x + self.excite(torch.relu(c))


class CellCounter(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, width, 5, padding=2), nn.GroupNorm(4, width), nn.ReLU())
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), GlobalContext(width),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), GlobalContext(width),
        )
        self.density = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        return nn.functional.softplus(self.density(self.body(self.stem(x)))).sum((1, 2, 3))


def microscope(n, side=24):
    images = torch.zeros(n, 1, side, side)
    counts = torch.randint(1, 8, (n,))
    for image, count in zip(images, counts.tolist()):
        for _ in range(count):
            i, j = torch.randint(1, side - 1, (2,)).tolist()
            image[0, i - 1 : i + 2, j - 1 : j + 2] += 0.6
    return images + 0.05 * torch.randn_like(images), counts.float()


torch.manual_seed(0)
net = CellCounter()
optimizer = torch.optim.Adam(net.parameters(), 1e-4)
for step in range(4):
    images, counts = microscope(8)
    loss = nn.functional.l1_loss(net(images), counts)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, round(loss.item(), 2))
