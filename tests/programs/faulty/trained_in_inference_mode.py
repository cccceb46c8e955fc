import torch
from torch import nn


def build():
    return nn.Sequential(
        nn.Linear(9, 32), nn.BatchNorm1d(32), nn.GELU(),
        nn.Linear(32, 32), nn.BatchNorm1d(32), nn.GELU(), nn.Dropout(0.1),
        nn.Linear(32, 1),
    )


def main():
    torch.manual_seed(3)
    model = build()
    print("parameters", sum(p.numel() for p in model.parameters()))
    model.eval()
    inputs = torch.rand(80, 9) * 10
    targets = inputs.sum(1, keepdim=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(12):
        rows = torch.randint(0, 80, (16,))
        loss = nn.functional.smooth_l1_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("loss", round(loss.item(), 3))


if __name__ == "__main__":
    main()
