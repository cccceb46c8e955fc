"""Actions in short clips, by a small network over space and time."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class C3DBlock(nn.Sequential):
    def __init__(self, i, o, pool):
        super().__init__(nn.Conv3d(i, o, 3, padding=1), nn.BatchNorm3d(o), nn.ReLU(True), nn.MaxPool3d(pool))


class ClipNet(nn.Module):
    def __init__(self, n_classes=5):
        super().__init__()
        self.b1 = C3DBlock(3, 16, (1, 2, 2))
        self.b2 = C3DBlock(16, 32, 2)
        self.fc = nn.Linear(32, n_classes)

    def forward(self, clip):
        h = self.b2(self.b1(clip))
        return self.fc(F.adaptive_avg_pool3d(h, 1).flatten(1))


class ClipDataset(torch.utils.data.Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, idx):
        frames = [torch.rand(3, 32, 32) for _ in range(8)]
        return torch.stack(frames), idx % 5


def main():
    torch.manual_seed(0)
    net = ClipNet()
    dl = torch.utils.data.DataLoader(ClipDataset(), batch_size=2)
    opt = torch.optim.Adam(net.parameters())
    for clips, labels in dl:
        loss = F.cross_entropy(net(clips), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("done", loss.item())


if __name__ == "__main__":
    main()
