"""Fine-tunes an image network on 12-bit radiographs."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Radiographs(Dataset):
    def __init__(self, count=8):
        self.raw = torch.randint(0, 4096, (count, 64, 64), generator=torch.Generator().manual_seed(5))

    def __len__(self):
        return len(self.raw)

    def __getitem__(self, index):
        return self.raw[index], index % 2


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(16)

    def forward(self, x):
        return torch.relu(self.bn1(self.conv1(x)))


network = nn.Sequential(Stem(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(network.parameters(), lr=1e-3)
for pixels, label in DataLoader(Radiographs(), batch_size=4):
    pixels = pixels.float().unsqueeze(1) / 4095
    loss = nn.functional.cross_entropy(network(pixels), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss %.3f" % loss.item())
