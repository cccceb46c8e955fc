import torch
from torch import nn


class PreAct(nn.Module):
    """Wide residual unit (norm first)."""

    def __init__(self, n_in, n_out, stride):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(n_in)
        self.conv1 = nn.Conv2d(n_in, n_out, kernel_size=3, stride=stride, padding=1)
        self.norm2 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, kernel_size=3, padding=1)

    def forward(self, x):
        h = self.conv1(torch.relu(self.norm1(x)))
        h = self.conv2(torch.relu(self.norm2(h)))
        h += x
        return h


def wrn(widths=(16, 32, 64)):
    blocks, last = [nn.Conv2d(3, 16, 3, padding=1)], 16
    for width in widths:
        blocks += [PreAct(last, width, 1 if width == last else 2)]
        last = width
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 10))


if __name__ == "__main__":
    torch.manual_seed(0)
    model = wrn()
    print(model(torch.randn(4, 3, 32, 32)).argmax(1).shape)
