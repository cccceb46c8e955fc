"""What the rest says: Lua Torch, mmcv, MONAI, nnU-Net, fastai, einops, apex, Paddle, Chainer, R."""

# ruff: noqa: E501 a message stands as it is printed
from whynorm.texts.wordings.wording import Wording as W

WORDINGS = (
    W("channel-mismatch", "got {got}-feature tensor, expected {wanted}", "BatchNormalization.lua:87: got 32-feature tensor, expected 64", layer="BatchNormalization", versions="Lua"),
    W("wrong-rank", "only mini-batch supported ({ranks}D tensor), got {rank}D tensor instead", "BatchNormalization.lua:83: only mini-batch supported (4D tensor), got 3D tensor instead", layer="BatchNormalization", versions="Lua"),
    W("one-value", "all tensors have a batch of 1", "SpatialBatchNormalization.lua: all tensors have a batch of 1", versions="Lua"),
    W("uneven-groups", "GroupNorm: number of channels {got} should be divisible by groups {groups}", "GroupNorm: number of channels 48 should be divisible by groups 32", layer="GroupNorm"),
    W("uneven-groups", "features {wanted} {} not divisible by num_groups {groups}", "features 48 is not divisible by num_groups 32", layer="GroupNorm"),
    W("missing-layer", "Unrecognized norm type {name}", "KeyError: 'Unrecognized norm type MMSyncBN'", versions="mmcv"),
    W("missing-layer", "Cannot find {name} in registry under scope name {}", "Cannot find MMSyncBN in registry under scope name mmengine for layer norm", versions="mmcv", needs="norm"),
    W("missing-layer", "'{name} is not in the {} registry'", "KeyError: 'SyncBatchNorm is not in the norm layer registry'", versions="mmcv", needs="norm-name"),
    W("wrong-rank", "nput is not a {ranks}D tensor", "AssertionError: input is not a 4D tensor", role="conv", needs="forward"),
    W("wrong-rank", "xpected {ranks} dimensions, got {rank}", "einops.EinopsError: Error while processing rearrange-reduction pattern. Expected 4 dimensions, got 3.", role="reshape", versions="einops", needs="einops"),
    W("wrong-rank", "rong shape: expected {ranks} dims. Received {rank}-dim tensor", "Wrong shape: expected 4 dims. Received 3-dim tensor.", role="reshape", versions="einops"),
    W("flatten-size", "Shape mismatch, can't divide axis of length {got} in chunks of {kernel}", "Error while processing rearrange-reduction pattern \"b c (h p) (w q) -> b (h w) (p q c)\". Shape mismatch, can't divide axis of length 225 in chunks of 16", role="reshape", versions="einops"),
    W("flatten-size", "Shape mismatch, {got} != {wanted}", "Error while processing rearrange-reduction pattern. Shape mismatch, 225 != 224", role="reshape", versions="einops", needs="einops"),
    W("flatten-size", "Input image size ({shape}) doesn't match model ({weight})", "AssertionError: Input image size (256*256) doesn't match model (224*224).", layer="PatchEmbed", role="conv"),
    W("flatten-size", "Input height ({got}) doesn't match model ({wanted})", "AssertionError: Input height (256) doesn't match model (224).", layer="PatchEmbed", role="conv"),
    W("flatten-size", "Input image height ({got}) doesn't match model ({wanted})", "Input image height (256) doesn't match model (224).", layer="PatchEmbed", role="conv"),
    W("input-channels", "ake sure that the channel dimension of the pixel values match with the one set in the configuration", "Make sure that the channel dimension of the pixel values match with the one set in the configuration. Expected 3 but got 1.", role="conv", versions="transformers"),
    W("size-mismatch", "InvalidArgumentError: The {}th dimension of input[{entry}] and input[0] is expected to be equal", "InvalidArgumentError: The 2-th dimension of input[1] and input[0] is expected to be equal.", role="join", versions="Paddle"),
    W("unsupported-type", "InPlaceABN only supports {}", "InPlaceABN only supports float32", versions="inplace_abn"),
    W("sync-constraint", "SyncBatchNorm {} process group", "apex.parallel.SyncBatchNorm needs a process group", layer="SyncBatchNorm"),
    W("one-value", "Expected more than 1 value per channel", "Error: Expected more than 1 value per channel when training", layer="BatchNorm"),
    W("uneven-groups", "Arguments to BatchNorm {} groups", "Arguments to BatchNorm do not fit groups", needs="norm"),
    W("nonfinite-statistics", "NaN or Inf found in {name}running_{}", "NaN or Inf found in layer.bn.running_mean"),
)  # fmt: skip
