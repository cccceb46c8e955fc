"""Fully connected classifier on tabular data."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(42)
features = torch.randn(61, 12)
labels = (features[:, 0] > 0).long()
train_set, valid_set = random_split(TensorDataset(features, labels), [49, 12])
train_loader = DataLoader(train_set, batch_size=16, shuffle=True, drop_last=True)
valid_loader = DataLoader(valid_set, batch_size=16)

model = nn.Sequential(
    nn.Linear(12, 32),
    nn.BatchNorm1d(32),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(32, 2),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(3):
    model.train()
    total = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in valid_loader)
    print(f"epoch {epoch}: loss {total:.3f}, correct {correct}/{len(valid_set)}")
