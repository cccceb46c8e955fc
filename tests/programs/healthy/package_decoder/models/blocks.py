from torch import nn


class Down(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(
            nn.Conv3d(cin, cout, 3, stride=2, padding=1),
            nn.InstanceNorm3d(cout, affine=True),
            nn.LeakyReLU(0.01),
        )


class Up(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(
            nn.ConvTranspose3d(cin, cout, 2, stride=2),
            nn.InstanceNorm3d(cout, affine=True),
            nn.LeakyReLU(0.01),
        )
