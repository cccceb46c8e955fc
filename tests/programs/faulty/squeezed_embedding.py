"""Face embeddings; the gallery is embedded in batches, the query alone."""
import torch
from torch import nn


class EmbeddingNet(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.PReLU(),
            nn.Conv2d(16, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.PReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.neck = nn.BatchNorm1d(32)
        self.fc = nn.Linear(32, dim)

    def forward(self, x):
        x = self.backbone(x).squeeze()
        return nn.functional.normalize(self.fc(self.neck(x)), dim=-1)


torch.manual_seed(0)
net = EmbeddingNet().eval()
with torch.no_grad():
    gallery = net(torch.rand(6, 3, 56, 56))
    query = net(torch.rand(1, 3, 56, 56))
print("closest", (gallery @ query.reshape(-1)).argmax().item())
