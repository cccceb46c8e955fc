import torch
from torch import nn
from torch.nn import functional as F


class GCN(nn.Module):
    def __init__(self, features, hidden, classes):
        super().__init__()
        self.first, self.second = nn.Linear(features, hidden), nn.Linear(hidden, classes)
        self.bn = nn.BatchNorm1d(hidden)

    def forward(self, x, adjacency):
        x = F.relu(self.bn(adjacency @ self.first(x)))
        return adjacency @ self.second(F.dropout(x, training=self.training))


torch.manual_seed(10)
nodes, adjacency = torch.randn(70, 12), torch.softmax(torch.randn(70, 70), 1)
y, known = torch.randint(0, 4, (70,)), torch.arange(70) < 30
model = GCN(12, 16, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)


def train():
    model.train()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(nodes, adjacency)[known], y[known])
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def test():
    model.eval()
    guess = model(nodes, adjacency).argmax(1)
    return (guess[~known] == y[~known]).float().mean().item()


for epoch in range(6):
    print(epoch, round(train(), 3), round(test(), 3))
