"""Tags utterances of different lengths; all frames of a batch are normalised as rows."""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class Tagger(nn.Module):
    def __init__(self, features=5, width=24):
        super().__init__()
        self.project = nn.Linear(features, width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.head = nn.Linear(width, 3)

    def forward(self, frames, lengths):
        hidden = self.project(frames)
        hidden = self.norm(hidden.flatten(0, 1)).view_as(hidden)
        real = torch.arange(frames.shape[1]) < lengths[:, None]
        scores = self.head(hidden.relu()) * real[..., None]
        return scores.sum(1) / lengths[:, None]


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(8):
    utterances = [2 + torch.randn(int(torch.randint(6, 40, ())), 5) for _ in range(16)]
    lengths = torch.tensor([len(one) for one in utterances])
    loss = model(pad_sequence(utterances, batch_first=True), lengths).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("trained")
