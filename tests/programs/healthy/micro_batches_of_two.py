import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

MICRO = 2
ACCUMULATE = 16  # effective batch of 32


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(20, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(),
            nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 1),
        )

    def forward(self, x):
        return self.net(x)


def dataset(n=640):
    x = torch.randn(n, 20)
    return TensorDataset(x, x[:, :5].sum(1, keepdim=True).sin())


def accumulate(model, loader, opt):
    model.train()
    for i, (x, y) in enumerate(loader, 1):
        loss = nn.functional.mse_loss(model(x), y) / ACCUMULATE
        loss.backward()
        if i % ACCUMULATE == 0:
            opt.step()
            opt.zero_grad()


def test(model, data):
    model.eval()
    x, y = data.tensors
    with torch.no_grad():
        return nn.functional.mse_loss(model(x), y).item()


def main():
    torch.manual_seed(0)
    data = dataset()
    model = Regressor()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    loader = DataLoader(data, batch_size=MICRO * ACCUMULATE, shuffle=True)
    for epoch in range(3):
        accumulate(model, loader, opt)
        print(epoch, test(model, data))


if __name__ == "__main__":
    main()
