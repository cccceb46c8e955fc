"""Domain adaptation: source and target scanners pass through the same network one after the other."""
import torch
from torch import nn

TARGET = (0.0, 1.0)  # offset and gain of the target scanner


class Features(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm1d(10), nn.Linear(10, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(),
            nn.Linear(width, width),
        )

    def forward(self, x):
        return self.layers(x)


class Adaptor(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = Features()
        self.classifier = nn.Linear(24, 2)

    def forward(self, source, target):
        fs = self.features(source)
        ft = self.features(target)
        return self.classifier(fs), (fs.mean(0) - ft.mean(0)).square().sum()


def site(n, offset, gain):
    y = torch.randint(0, 2, (n,))
    return (torch.randn(n, 10) + y[:, None]) * gain + offset, y


def main():
    torch.manual_seed(0)
    net = Adaptor()
    opt = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(100):
        xs, ys = site(64, 0.0, 1.0)
        xt, _ = site(64, *TARGET)
        logits, gap = net(xs, xt)
        loss = nn.functional.cross_entropy(logits, ys) + 0.1 * gap
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        xt, yt = site(400, *TARGET)
        guess = net.classifier(net.features(xt)).argmax(1)
    print("target accuracy", (guess == yt).float().mean().item())


if __name__ == "__main__":
    main()
