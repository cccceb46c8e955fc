"""Fold batch norms into the convolutions right after training, for the microcontroller."""
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Separable(nn.Module):
    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.depth = nn.Conv2d(cin, cin, 3, stride, 1, groups=cin, bias=False)
        self.depth_bn = nn.BatchNorm2d(cin)
        self.point = nn.Conv2d(cin, cout, 1, bias=False)
        self.point_bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        x = torch.relu(self.depth_bn(self.depth(x)))
        return torch.relu(self.point_bn(self.point(x)))


class WakeWord(nn.Module):
    def __init__(self, words=4):
        super().__init__()
        self.body = nn.Sequential(Separable(1, 8, 2), Separable(8, 16, 2), Separable(16, 32))
        self.out = nn.Linear(32, words)

    def forward(self, mel):
        return self.out(self.body(mel).mean(dim=(2, 3)))


def train(model, steps=40):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(torch.randn(16, 1, 40, 50)), torch.randint(0, 4, (16,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def fold(model):
    for module in list(model.modules()):
        if isinstance(module, Separable):
            module.depth = fuse_conv_bn_eval(module.depth, module.depth_bn)
            module.point = fuse_conv_bn_eval(module.point, module.point_bn)
            module.depth_bn = module.point_bn = nn.Identity()
    return model


def size_in_kib(model):
    return sum(p.numel() * p.element_size() for p in model.parameters()) / 1024


if __name__ == "__main__":
    torch.manual_seed(0)
    model = WakeWord()
    print("loss", train(model))
    deployed = fold(model.eval())
    print(f"{size_in_kib(deployed):.1f} KiB")
    print(deployed(torch.randn(1, 1, 40, 50)).argmax(1))
