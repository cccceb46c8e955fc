import torch
from torch import nn


class TimePool(nn.Module):
    """Collapses the clip's time axis."""

    def forward(self, clip):
        return clip.mean(dim=2, keepdim=True).squeeze(2)


class ClipNet(nn.Module):
    def __init__(self, width=12, actions=5):
        super().__init__()
        self.conv = nn.Conv3d(3, width, 3, padding=1)
        self.pool = TimePool()
        self.norm = nn.InstanceNorm2d(width)
        self.act = nn.ReLU()
        self.head = nn.Linear(width, actions)

    def forward(self, clip):
        x = self.pool(self.conv(clip))
        x = self.act(self.norm(x))
        return self.head(x.flatten(2).amax(-1))


class ClipStream:
    def __init__(self, batch, steps):
        self.batch, self.steps = batch, steps

    def __iter__(self):
        for _ in range(self.steps):
            yield torch.rand(self.batch, 3, 8, 20, 20), torch.randint(0, 5, (self.batch,))


def main():
    torch.manual_seed(0)
    net = ClipNet()
    opt = torch.optim.SGD(net.parameters(), 1e-2)
    for i, (clip, action) in enumerate(ClipStream(4, 6)):
        loss = nn.functional.cross_entropy(net(clip), action)
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(i, loss.item())


main()
