"""A small vision transformer: patches to tokens, positions added, a norm over the features of each token."""

import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.project = nn.Conv2d(3, width, 8, stride=8)
        self.position = nn.Parameter(torch.zeros(1, 64, width))

    def forward(self, image):
        patches = self.project(image)
        batch, width, rows, columns = patches.shape
        tokens = patches.view(batch, rows * columns, width)
        return tokens + self.position


class Block(nn.Module):
    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.attend = nn.MultiheadAttention(width, 4, batch_first=True)

    def forward(self, tokens):
        normed = self.before(tokens)
        return tokens + self.attend(normed, normed, normed, need_weights=False)[0]


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = Tokens()
        self.blocks = nn.Sequential(Block(), Block())
        self.head = nn.Linear(48, 5)

    def forward(self, image):
        return self.head(self.blocks(self.tokens(image)).mean(1))


def train():
    torch.manual_seed(0)
    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    for _ in range(4):
        loss = nn.functional.cross_entropy(model(torch.randn(4, 3, 64, 64)), torch.randint(5, (4,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss


if __name__ == "__main__":
    print(f"loss {train():.3f}")
