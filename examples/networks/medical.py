"""Segmentation networks of MONAI and of nnU-Net's architectures, as their users configure them."""

from typing import Any

from torch import nn


def unet() -> nn.Module:
    """MONAI's 3-d UNet, five levels, instance norm."""
    from monai.networks.nets import UNet

    made: nn.Module = UNet(3, 1, 2, channels=(16, 32, 64, 128, 256), strides=(2, 2, 2, 2), num_res_units=2)
    return made


def dynunet() -> nn.Module:
    """DynUNet with the kernels and strides that nnU-Net plans for thick slices."""
    from monai.networks.nets import DynUNet

    strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]
    kernels = [[1, 3, 3], *[[3, 3, 3]] * 4]
    made: nn.Module = DynUNet(3, 1, 2, kernels, strides, strides[1:])
    return made


def nnunet(**changes: Any) -> nn.Module:
    """nnU-Net's PlainConvUNet, six stages."""
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    settings: dict[str, Any] = {
        "n_stages": 6,
        "features_per_stage": (32, 64, 128, 256, 320, 320),
        "conv_op": nn.Conv3d,
        "kernel_sizes": 3,
        "strides": (1, 2, 2, 2, 2, 2),
        "n_conv_per_stage": 2,
        "num_classes": 2,
        "n_conv_per_stage_decoder": 2,
        "conv_bias": True,
        "norm_op": nn.InstanceNorm3d,
        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
        "nonlin": nn.LeakyReLU,
        "nonlin_kwargs": {"inplace": True},
    }
    made: nn.Module = PlainConvUNet(1, **{**settings, **changes})
    return made
