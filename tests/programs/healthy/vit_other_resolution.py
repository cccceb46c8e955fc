import torch
from torch import nn


class ViT(nn.Module):
    def __init__(self, image=48, patch=8, dim=32, depth=2):
        super().__init__()
        self.patches = (image // patch) ** 2
        self.to_patches = nn.Conv2d(3, dim, patch, stride=patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.patches + 1, dim))
        self.blocks = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(dim, 4, 64, batch_first=True, norm_first=True), depth, enable_nested_tensor=False
        )
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        x = self.to_patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.size(0), -1, -1), x], dim=1)
        x = x + self.pos_embed
        return self.norm(self.blocks(x))[:, 0]


def show(model, image):
    print(tuple(image.shape), model(image).norm().item())


torch.manual_seed(0)
model = ViT().eval()
small = torch.rand(1, 3, 48, 48)
large = torch.rand(1, 3, 48, 48)
show(model, small)
show(model, large)
