import torch
import torch.nn as nn


def conv_block(c_in, c_out, stride=1):
    return nn.Sequential(
        nn.Conv3d(c_in, c_out, kernel_size=3, stride=stride, padding=1, bias=False),
        nn.BatchNorm3d(c_out),
        nn.ReLU(inplace=True),
    )


class ClipNet(nn.Module):
    """Action recognition on short clips: N x 3 x T x H x W."""

    def __init__(self, num_classes=4):
        super().__init__()
        self.stem = conv_block(3, 8)
        self.layer1 = conv_block(8, 16, stride=2)
        self.pool = nn.AdaptiveAvgPool3d((1, 1, 1))
        self.fc = nn.Linear(16, num_classes)

    def forward(self, clip):
        x = self.layer1(self.stem(clip))
        return self.fc(torch.flatten(self.pool(x), 1))


if __name__ == "__main__":
    torch.manual_seed(0)
    clips = torch.rand(2, 3, 8, 32, 32)
    scores = ClipNet()(clips)
    print(scores.argmax(dim=1).tolist())
