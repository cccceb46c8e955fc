import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=256):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return x + self.pe[: x.size(1)]


class LanguageModel(nn.Module):
    def __init__(self, vocab=100, d_model=64, heads=4, layers=2):
        super().__init__()
        self.embed = nn.Embedding(vocab, d_model)
        self.positions = PositionalEncoding(d_model)
        layer = nn.TransformerEncoderLayer(d_model, heads, 128, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.final_norm = nn.LayerNorm(512)
        self.lm_head = nn.Linear(d_model, vocab)

    def forward(self, tokens):
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.size(1))
        hidden = self.encoder(self.positions(self.embed(tokens)), mask=mask)
        return self.lm_head(self.final_norm(hidden))


torch.manual_seed(0)
tokens = torch.randint(0, 100, (4, 33))
model = LanguageModel()
logits = model(tokens[:, :-1])
loss = nn.functional.cross_entropy(logits.reshape(-1, 100), tokens[:, 1:].reshape(-1))
loss.backward()
print(f"perplexity {loss.exp().item():.1f}")
