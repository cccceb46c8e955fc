import torch
from torch import nn

feature_extractor = nn.Sequential(
    nn.Conv1d(1, 24, 10, stride=5), nn.GroupNorm(24, 24), nn.GELU(),
    nn.Conv1d(24, 24, 8, stride=4), nn.GELU(),
)


class Head(nn.Module):
    def __init__(self, dim=24, width=16, phones=9):
        super().__init__()
        self.feature_projection = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, width))
        self.phones = nn.Linear(width, phones)

    def forward(self, x):
        x = self.feature_projection(x)
        return self.phones(torch.tanh(x)).log_softmax(-1)


def recognise(speech, head):
    features = feature_extractor(speech)
    return head(features)


torch.manual_seed(0)
print(recognise(torch.randn(2, 1, 800), Head()).shape)
