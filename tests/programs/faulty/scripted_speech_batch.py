"""The command classifier is compiled before training, as in production."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Commands(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(20, 32, 3, stride=2)
        self.norm = nn.BatchNorm1d(32)
        self.head = nn.Linear(32, 4)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.conv(x))).mean(-1))


torch.manual_seed(0)
model = torch.jit.script(Commands())
spectra = torch.randn(12, 50, 20)
loader = DataLoader(TensorDataset(spectra, torch.randint(0, 4, (12,))), batch_size=4)
optimizer = torch.optim.Adam(model.parameters())
for x, y in loader:
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("done")
