import os
import tempfile

import torch
from torch import nn


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.up = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        return self.up(self.down(x))


def prepare(path):
    torch.manual_seed(11)
    model = Segmenter()
    for _ in range(3):
        model(torch.rand(4, 1, 12, 12))
    torch.save(model.state_dict(), path)


def segment(path, slices):
    model = Segmenter()
    model.load_state_dict(torch.load(path))
    masks = []
    with torch.no_grad():
        for image in slices:
            masks.append(model(image[None])[0].argmax(0))
    return torch.stack(masks)


with tempfile.TemporaryDirectory() as folder:
    prepare(os.path.join(folder, "weights.pt"))
    print(segment(os.path.join(folder, "weights.pt"), torch.rand(5, 1, 12, 12)).shape)
