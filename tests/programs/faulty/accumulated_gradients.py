"""Gradients are accumulated over four small batches; the run ends when the loss is low enough."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(3)
x = torch.randn(60, 5)
whole = TensorDataset(x, x @ torch.randn(5, 1))
train, held_out = random_split(whole, [49, 11])
loaders = {
    "train": DataLoader(train, batch_size=4, shuffle=True),
    "held out": DataLoader(held_out, batch_size=5),
}
net = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)


def evaluate():
    net.eval()
    with torch.no_grad():
        total = sum(nn.functional.mse_loss(net(a), b, reduction="sum").item() for a, b in loaders["held out"])
    net.train()
    return total / len(held_out)


for number, (inputs, targets) in enumerate(loaders["train"], start=1):
    (nn.functional.mse_loss(net(inputs), targets) / 4).backward()
    if number % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
        if evaluate() < 100:
            print("low enough")
            break
