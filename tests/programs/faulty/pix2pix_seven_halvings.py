"""Image-to-image translation, one training step of the generator."""
import torch
from torch import nn


class SkipBlock(nn.Module):
    def __init__(self, outer, inner, inputs=None, submodule=None, outermost=False, innermost=False):
        super().__init__()
        self.outermost = outermost
        inputs = outer if inputs is None else inputs
        norm_layer = nn.InstanceNorm2d
        conv = nn.Conv2d(inputs, inner, 4, stride=2, padding=1, bias=True)
        if outermost:
            up = [nn.ReLU(), nn.ConvTranspose2d(inner * 2, outer, 4, 2, 1), nn.Tanh()]
            model = [conv, submodule] + up
        elif innermost:
            model = [nn.LeakyReLU(0.2), conv, nn.ReLU(), nn.ConvTranspose2d(inner, outer, 4, 2, 1), norm_layer(outer)]
        else:
            down = [nn.LeakyReLU(0.2), conv, norm_layer(inner)]
            up = [nn.ReLU(), nn.ConvTranspose2d(inner * 2, outer, 4, 2, 1), norm_layer(outer)]
            model = down + [submodule] + up
        self.model = nn.Sequential(*model)

    def forward(self, x):
        if self.outermost:
            return self.model(x)
        return torch.cat([x, self.model(x)], 1)


class UnetGenerator(nn.Module):
    def __init__(self, in_ch, out_ch, num_downs, ngf=8):
        super().__init__()
        block = SkipBlock(ngf * 8, ngf * 8, innermost=True)
        for _ in range(num_downs - 5):
            block = SkipBlock(ngf * 8, ngf * 8, submodule=block)
        block = SkipBlock(ngf * 4, ngf * 8, submodule=block)
        block = SkipBlock(ngf * 2, ngf * 4, submodule=block)
        block = SkipBlock(ngf, ngf * 2, submodule=block)
        self.model = SkipBlock(out_ch, ngf, inputs=in_ch, submodule=block, outermost=True)

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator = UnetGenerator(3, 3, num_downs=7)
optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
paired = torch.rand(4, 3, 64, 64) * 2 - 1
target = paired.flip(3)
loss = nn.functional.l1_loss(generator(paired), target)
loss.backward()
optimizer.step()
print(f"l1 {loss.item():.4f}")
