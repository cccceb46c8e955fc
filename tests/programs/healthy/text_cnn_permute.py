import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocabulary=50, size=24, filters=10, widths=(2, 3, 4)):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, size)
        self.convs = nn.ModuleList(nn.Conv1d(size, filters, w) for w in widths)
        self.norms = nn.ModuleList(nn.BatchNorm1d(filters) for _ in widths)
        self.out = nn.Linear(filters * len(widths), 2)

    def forward(self, tokens):
        x = self.embedding(tokens).permute(0, 2, 1)
        hits = [torch.relu(n(c(x))).amax(-1) for c, n in zip(self.convs, self.norms)]
        return self.out(torch.cat(hits, dim=1))


torch.manual_seed(0)
print(TextCNN()(torch.randint(0, 50, (6, 18))).argmax(1).tolist())
