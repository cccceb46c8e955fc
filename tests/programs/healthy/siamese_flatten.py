"""Signature verification: a siamese network whose embedding is squeezed out of a 1 x 1 map."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Embedder(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, dim, 5, stride=2), nn.BatchNorm2d(dim), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.bn = nn.BatchNorm1d(dim)

    def forward(self, x):
        x = self.features(x).flatten(1)
        return nn.functional.normalize(self.bn(x), dim=-1)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = Embedder()
        self.scale = nn.Parameter(torch.tensor(5.0))

    def forward(self, a, b):
        return self.scale * (self.embed(a) * self.embed(b)).sum(-1)


def pairs(n):
    a = torch.rand(n, 1, 40, 60)
    same = torch.arange(n) % 2
    b = torch.where(same.view(-1, 1, 1, 1) == 1, a + 0.05 * torch.randn_like(a), torch.rand(n, 1, 40, 60))
    return TensorDataset(a, b, same.float())


def train(model, data, epochs=8):
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(epochs):
        model.train()
        for a, b, same in DataLoader(data, batch_size=8, shuffle=True, drop_last=True):
            loss = nn.functional.binary_cross_entropy_with_logits(model(a, b), same)
            opt.zero_grad()
            loss.backward()
            opt.step()


def validate(model, data):
    model.eval()
    hits = 0
    with torch.no_grad():
        for a, b, same in DataLoader(data, batch_size=8):
            hits += ((model(a, b) > 0).float() == same).sum().item()
    return hits / len(data)


def main():
    torch.manual_seed(0)
    model = Siamese()
    train(model, pairs(24))
    print("validation accuracy:", validate(model, pairs(17)))


if __name__ == "__main__":
    main()
