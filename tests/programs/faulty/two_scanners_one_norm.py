import torch
from torch import nn

torch.manual_seed(12)
features = nn.Sequential(nn.Linear(6, 20, bias=False), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 2))
optimizer = torch.optim.Adam(features.parameters(), lr=1e-3)
shift = 8.0


def scan(scanner, count):
    labels = torch.randint(0, 2, (count,))
    return torch.randn(count, 6) + labels[:, None] + (shift if scanner == "b" else 0.0), labels


for step in range(40):
    first, first_labels = scan("a", 32)
    second, second_labels = scan("b", 32)
    loss_a = nn.functional.cross_entropy(features(first), first_labels)
    loss_b = nn.functional.cross_entropy(features(second), second_labels)
    optimizer.zero_grad()
    (loss_a + loss_b).backward()
    optimizer.step()
features.eval()
for scanner in "ab":
    with torch.no_grad():
        scans, labels = scan(scanner, 64)
        print(scanner, (features(scans).argmax(1) == labels).float().mean().item())
