import torch
from torch import nn


def roi(features, box):
    y0, x0, y1, x1 = box
    region = features[:, :, y0:y1, x0:x1]
    return region


torch.manual_seed(0)
features = torch.rand(1, 6, 16, 16)
head = nn.Sequential(nn.Conv2d(6, 12, 3, padding=1), nn.InstanceNorm2d(12), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten())
boxes = [(0, 0, 8, 8), (2, 3, 7, 5), (5, 5, 8, 9)]
embeddings = [head(roi(features, box)) for box in boxes]
print(torch.cat(embeddings).shape)
