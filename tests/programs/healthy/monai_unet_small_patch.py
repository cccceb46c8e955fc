import torch
from monai.networks.nets import UNet

PATCH = (32, 32, 16)

torch.manual_seed(0)
net = UNet(
    spatial_dims=3,
    in_channels=1,
    out_channels=2,
    channels=(4, 8, 16, 32, 64),
    strides=(2, 2, 2, 2),
    num_res_units=2,
)
volume = torch.rand(2, 1, *PATCH)
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
loss = torch.nn.functional.cross_entropy(net(volume), torch.randint(0, 2, (2, *PATCH)))
loss.backward()
optimizer.step()
print("loss", loss.item())
