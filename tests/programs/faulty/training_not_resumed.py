import torch
from torch import nn

torch.manual_seed(2)
signals = torch.randn(64, 3, 50)
kinds = torch.randint(0, 5, (64,))
network = nn.Sequential(
    nn.Conv1d(3, 12, 7, stride=2), nn.BatchNorm1d(12), nn.ReLU(),
    nn.Conv1d(12, 12, 5, stride=2), nn.BatchNorm1d(12), nn.ReLU(),
    nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(12, 5),
)
optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)


def check():
    network.eval()
    with torch.no_grad():
        return (network(signals[48:]).argmax(1) == kinds[48:]).float().mean().item()


for epoch in range(4):
    for start in range(0, 48, 12):
        logits = network(signals[start : start + 12])
        loss = nn.functional.cross_entropy(logits, kinds[start : start + 12])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), check())
