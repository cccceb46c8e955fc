import torch
from torch import nn


def sentences(count):
    for _ in range(count):
        yield {"ids": torch.randint(0, 50, (8, 12)), "labels": torch.randint(0, 2, (8,))}


class Sentiment(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed = nn.Embedding(50, config["hidden"])
        self.gru = nn.GRU(config["hidden"], config["hidden"], batch_first=True)
        self.norm = nn.LayerNorm(config["hidden"] // 2)
        self.out = nn.Linear(config["hidden"], 2)

    def forward(self, ids, labels=None):
        _, last = self.gru(self.embed(ids))
        logits = self.out(self.norm(last[-1]))
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}
