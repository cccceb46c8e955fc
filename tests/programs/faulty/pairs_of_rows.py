import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(15)
table = TensorDataset(torch.randn(40, 6), torch.randn(40, 1))
loader = DataLoader(table, batch_size=2, shuffle=True)
model = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for step, (rows, targets) in enumerate(loader):
    loss = nn.functional.l1_loss(model(rows), targets) / 8
    loss.backward()
    if step % 8 == 7:  # gradients of eight batches
        optimizer.step()
        optimizer.zero_grad()
print("done")
