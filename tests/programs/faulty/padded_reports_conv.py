"""Sentence features for a triage model: tokens are padded with 0."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader

PAD = 0


def collate(reports):
    longest = max(len(r) for r in reports)
    return torch.tensor([r + [PAD] * (longest - len(r)) for r in reports])


class PositionNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Triage(nn.Module):
    def __init__(self, vocab=50, dim=24):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=PAD)
        self.conv = nn.Conv1d(dim, dim, 3, padding=1)
        self.norm = nn.InstanceNorm1d(dim)
        self.head = nn.Linear(dim, 3)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        x = torch.relu(self.norm(self.conv(x)))
        return self.head(x.amax(dim=2))


torch.manual_seed(1)
generator = torch.Generator().manual_seed(2)
reports = [torch.randint(1, 50, (n,), generator=generator).tolist() for n in (9, 31, 14, 12, 40, 11, 18, 25)]
model = Triage()
optimizer = torch.optim.AdamW(model.parameters())
for tokens in DataLoader(reports, batch_size=4, collate_fn=collate):
    loss = model(tokens).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("done")
