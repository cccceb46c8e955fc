import io

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, bn="bn"):
        super().__init__()
        self.conv = nn.Conv1d(2, 6, 5)
        self.bn = nn.BatchNorm1d(6)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x))).mean(-1)


def save(model, file):
    weights = model.state_dict()
    torch.save({name: value.detach() for name, value in weights.items()}, file)


def load(file):
    model = Encoder()
    model.load_state_dict(torch.load(file), strict=False)
    return model.eval()


torch.manual_seed(7)
trained = Encoder()
for _ in range(10):
    trained(4 + torch.randn(16, 2, 40))
file = io.BytesIO()
save(trained, file)
file.seek(0)
encoder = load(file)
with torch.no_grad():
    embedding = encoder(4 + torch.randn(3, 2, 40))
print(embedding.mean().isfinite().item())
