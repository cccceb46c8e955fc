"""Action recognition from skeletons (ST-GCN-like): clip x time x joints x coordinates."""
import torch
from torch import nn


class DataBatchNorm(nn.Module):
    """Every coordinate of every joint has statistics of its own."""

    def __init__(self, joints, coords):
        super().__init__()
        self.bn = nn.BatchNorm1d(joints * coords)

    def forward(self, clips):
        x = clips.permute(0, 2, 3, 1)
        return self.bn(x)


class GraphConv(nn.Module):
    def __init__(self, cin, cout, adjacency):
        super().__init__()
        degree = adjacency.sum(1, keepdim=True)
        self.register_buffer("a", adjacency / degree)
        self.linear = nn.Linear(cin, cout)

    def forward(self, x):
        return torch.relu(torch.einsum("uv,ntvc->ntuc", self.a, self.linear(x)))


class ActionNet(nn.Module):
    def __init__(self, joints, coords=3, width=16, actions=5):
        super().__init__()
        self.joints, self.coords = joints, coords
        self.data_bn = DataBatchNorm(joints, coords)
        self.g1 = GraphConv(coords, width, chain(joints))
        self.g2 = GraphConv(width, width, chain(joints))
        self.out = nn.Linear(width, actions)

    def forward(self, clips):
        n, t = clips.shape[:2]
        x = self.data_bn(clips)
        x = x.view(n, self.joints, self.coords, t).permute(0, 3, 1, 2)
        return self.out(self.g2(self.g1(x)).mean((1, 2)))


def chain(joints):
    a = torch.eye(joints)
    for i in range(joints - 1):
        a[i, i + 1] = a[i + 1, i] = 1
    return a


def mocap(n=8, frames=20, joints=10):
    return torch.randn(n, frames, joints, 3).cumsum(1), torch.randint(0, 5, (n,))


if __name__ == "__main__":
    torch.manual_seed(0)
    model = ActionNet(10)
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    for step in range(2):
        clips, action = mocap()
        loss = nn.functional.cross_entropy(model(clips), action)
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(step, loss.item())
