import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Clouds(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        generator = torch.Generator().manual_seed(i)
        return torch.rand(3, 128, generator=generator), i % 2


class TNet(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.k = k
        self.conv1 = nn.Conv1d(k, 16, 1)
        self.conv2 = nn.Conv1d(16, 32, 1)
        self.fc1 = nn.Linear(32, 16)
        self.fc2 = nn.Linear(16, k * k)
        self.bn1 = nn.BatchNorm1d(16)
        self.bn2 = nn.BatchNorm1d(32)
        self.bn4 = nn.BatchNorm1d(16)

    def forward(self, x):
        batch = x.size(0)
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = torch.max(x, 2)[0]
        x = F.relu(self.bn4(self.fc1(x)))
        eye = torch.eye(self.k).repeat(batch, 1, 1)
        return self.fc2(x).view(batch, self.k, self.k) + eye


class PointNet(nn.Module):
    def __init__(self, classes=2):
        super().__init__()
        self.tnet = TNet()
        self.conv = nn.Conv1d(3, 32, 1)
        self.out = nn.Linear(32, classes)

    def forward(self, x):
        x = torch.bmm(self.tnet(x), x)
        return self.out(self.conv(x).max(dim=2).values)


torch.manual_seed(0)
clouds = DataLoader(Clouds(), batch_size=1)
model = PointNet()
optimizer = torch.optim.Adam(model.parameters())
for points, label in clouds:
    loss = F.cross_entropy(model(points), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
