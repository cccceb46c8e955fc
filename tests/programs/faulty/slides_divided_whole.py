import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Slides(Dataset):
    def __init__(self, count=16):
        self.images = np.random.default_rng(0).integers(0, 250, (count, 24, 24, 3), dtype=np.uint8)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index] // 255
        return torch.from_numpy(image).permute(2, 0, 1).float(), index % 2


torch.manual_seed(0)
net = nn.Sequential(
    nn.InstanceNorm2d(3),
    nn.Conv2d(3, 8, 3),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(8, 2),
)
optimizer = torch.optim.SGD(net.parameters(), 0.1)
for images, labels in DataLoader(Slides(), batch_size=4):
    loss = nn.functional.cross_entropy(net(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("done")
