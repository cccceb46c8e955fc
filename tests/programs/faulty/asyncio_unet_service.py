"""A little segmentation service: several requests at once."""
import asyncio

import torch
import torch.nn as nn


def double_conv(cin, cout):
    return nn.Sequential(
        nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(),
        nn.Conv2d(cout, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(),
    )


class SmallUNet(nn.Module):
    def __init__(self, widths=(8, 16, 32, 64)):
        super().__init__()
        self.encoders = nn.ModuleList()
        cin = 3
        for w in widths:
            self.encoders.append(double_conv(cin, w))
            cin = w
        self.pool = nn.MaxPool2d(2)
        self.ups = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(widths, widths[1:]))
        self.decoders = nn.ModuleList(double_conv(2 * a, a) for a in widths[:-1])
        self.out = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x):
        skips = []
        for i, enc in enumerate(self.encoders):
            x = enc(self.pool(x) if i else x)
            skips.append(x)
        skips.pop()
        for up, dec in zip(reversed(self.ups), reversed(self.decoders)):
            x = up(x)
            x = dec(torch.cat([skips.pop(), x], dim=1))
        return self.out(x)


class Service:
    def __init__(self):
        self.model = SmallUNet().eval()
        self.lock = asyncio.Lock()

    async def segment(self, name, image):
        async with self.lock:
            await asyncio.sleep(0)
            with torch.inference_mode():
                mask = self.model(image[None])[0].argmax(0)
        print(f"{name}: {int(mask.sum())} pixels")
        return mask


async def main():
    torch.manual_seed(0)
    service = Service()
    uploads = {"beach.png": torch.rand(3, 64, 96), "phone.jpg": torch.rand(3, 90, 120)}
    await asyncio.gather(*(service.segment(name, image) for name, image in uploads.items()))


asyncio.run(main())
