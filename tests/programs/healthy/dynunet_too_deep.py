import torch
from monai.networks.nets import DynUNet


def plan(patch, stages):
    strides = [1] + [2] * (stages - 1)
    return [3] * stages, strides


torch.manual_seed(0)
patch = (32, 32, 32)
kernels, strides = plan(patch, stages=5)
network = DynUNet(
    spatial_dims=3,
    in_channels=1,
    out_channels=2,
    kernel_size=kernels,
    strides=strides,
    upsample_kernel_size=strides[1:],
    filters=[4, 8, 16, 32, 32, 32][: len(strides)],
    norm_name="instance",
)
x = torch.rand(1, 1, *patch)
print(network(x).shape)
