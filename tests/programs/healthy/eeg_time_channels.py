"""Seizure detection on 19-channel EEG, one second at 250 Hz."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
epochs = torch.randn(20, 19, 250)
labels = torch.randint(0, 2, (20,))


class SeizureNet(nn.Module):
    def __init__(self, electrodes=19):
        super().__init__()
        self.input_norm = nn.BatchNorm1d(electrodes)
        self.conv = nn.Conv1d(electrodes, 32, kernel_size=7, padding=3)
        self.norm = nn.BatchNorm1d(32)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        x = self.input_norm(x)
        x = torch.relu(self.norm(self.conv(x)))
        return self.out(x.mean(dim=-1))


model = SeizureNet()
optimizer = torch.optim.Adam(model.parameters())
for x, y in DataLoader(TensorDataset(epochs, labels), batch_size=10):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
