import torch
from torch import nn


class PageEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = nn.Conv2d(1, 40, 8, stride=8)
        self.ln = nn.LayerNorm(40)
        self.words = nn.Embedding(60, 40)
        self.mix = nn.MultiheadAttention(40, 4, batch_first=True)

    def forward(self, page, words):
        x = self.ln(self.visual(page))
        x = x.flatten(2).transpose(1, 2)
        out, _ = self.mix(self.words(words), x, x)
        return out


torch.manual_seed(0)
encoder = PageEncoder()
print(encoder(torch.rand(2, 1, 64, 48), torch.randint(0, 60, (2, 11))).shape)
