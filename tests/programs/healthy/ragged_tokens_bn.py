"""Point clouds of different sizes in one flat array; batch norm over all points, one cloud at a time at the end."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Clouds(Dataset):
    sizes = [3, 40, 12, 1, 25, 7, 30]

    def __len__(self):
        return len(self.sizes)

    def __getitem__(self, i):
        g = torch.Generator().manual_seed(i)
        return torch.randn(self.sizes[i], 3, generator=g), i % 2


def collate(items):
    points = torch.cat([p for p, _ in items])
    owner = torch.repeat_interleave(torch.arange(len(items)), torch.tensor([len(p) for p, _ in items]))
    return points, owner, torch.tensor([y for _, y in items])


class PointNet(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.point = nn.Sequential(
            nn.Linear(3, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU()
        )
        self.cloud = nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, points, owner, n):
        h = self.point(points)
        pooled = h.new_zeros(n, h.shape[1]).scatter_reduce(
            0, owner[:, None].expand_as(h), h, reduce="amax", include_self=False
        )
        return self.cloud(pooled)


def batches(data, size):
    """The remainder of seven by three is one cloud: it is left to the next epoch."""
    return DataLoader(data, batch_size=size, shuffle=True, collate_fn=collate, drop_last=True)


def train(net, data, epochs=15):
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(epochs):
        net.train()
        for points, owner, y in batches(data, 3):
            loss = nn.functional.cross_entropy(net(points, owner, len(y)), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
    return loss.item()


def evaluate(net, data):
    net.eval()
    with torch.no_grad():
        answers = [int(net(*collate([item])[:2], 1).argmax()) for item in map(data.__getitem__, range(len(data)))]
    return answers


if __name__ == "__main__":
    torch.manual_seed(0)
    data, net = Clouds(), PointNet()
    print(round(train(net, data), 3), evaluate(net, data))
