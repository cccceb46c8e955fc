import torch
from torch import nn


class TwoTowers(nn.Module):
    """Visible and infrared images, one norm and one trunk for both."""

    def __init__(self):
        super().__init__()
        shared = nn.BatchNorm2d(16)
        self.visible = nn.Conv2d(3, 16, 3, padding=1)
        self.infrared = nn.Conv2d(1, 16, 3, padding=1)
        self.visible_norm = shared
        self.infrared_norm = shared
        self.out = nn.Linear(16, 8)

    def forward(self, rgb, thermal):
        a = torch.relu(self.visible_norm(self.visible(rgb))).mean((2, 3))
        b = torch.relu(self.infrared_norm(self.infrared(thermal))).mean((2, 3))
        return nn.functional.cosine_similarity(self.out(a), self.out(b))


torch.manual_seed(0)
print(TwoTowers()(torch.rand(4, 3, 24, 24), torch.rand(4, 1, 24, 24)).tolist())
