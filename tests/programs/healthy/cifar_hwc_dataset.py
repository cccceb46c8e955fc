"""A small CIFAR-like classifier whose data come from numpy arrays."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def to_tensor(image):
    array = image.astype(np.float32) / 255.0
    return torch.from_numpy(array.transpose(2, 0, 1).copy())


class Pictures(Dataset):
    def __init__(self, count=24):
        rng = np.random.default_rng(0)
        self.images = rng.integers(0, 256, size=(count, 32, 32, 3), dtype=np.uint8)
        self.labels = rng.integers(0, 10, size=count)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return to_tensor(self.images[index]), int(self.labels[index])


def make_loader():
    return DataLoader(Pictures(), batch_size=8, shuffle=False)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


def train():
    torch.manual_seed(0)
    model = Classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for images, labels in make_loader():
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("done", loss.item())


if __name__ == "__main__":
    train()
