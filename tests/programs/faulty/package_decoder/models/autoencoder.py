from torch import nn

from .blocks import Down, Up


class Autoencoder(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.down1 = Down(1, 32)
        self.down2 = Down(32, 64)
        self.up1 = Up(settings["bottleneck"], 32)
        self.up2 = Up(32, 16)
        self.head = nn.Conv3d(16, 1, 1)

    def forward(self, x):
        code = self.down2(self.down1(x))
        return self.head(self.up2(self.up1(code)))
