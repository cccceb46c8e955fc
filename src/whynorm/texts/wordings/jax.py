"""What JAX says, and Haiku and Equinox on it."""

# ruff: noqa: E501 a message stands as it is printed
from whynorm.texts.wordings.wording import Wording as W

WORDINGS = (
    W("trailing-shape", "must satisfy the invariant shape == x.shapeReceived shape={weight} and x.shape={shape}", "`LayerNorm(shape)(x)` must satisfy the invariant `shape == x.shape`Received `shape=(64,) and `x.shape=(32, 64)`. You might need to replace `layer_norm(x)` with `jax.vmap(layer_norm)(x)`.", layer="LayerNorm", versions="equinox"),
    W("trailing-shape", "must satisfy the invariant shape == x.shape", "`RMSNorm(shape)(x)` must satisfy the invariant `shape == x.shape`Received", versions="equinox"),
    W("wrong-rank", "Input to Conv needs to have rank {ranks}, but input has shape {shape}", "Input to `Conv` needs to have rank 3, but input has shape (8, 3, 32, 32).", role="conv", versions="equinox"),
    W("wrong-rank", "Input to ConvTranspose needs to have rank {ranks}, but input has shape {shape}", "Input to `ConvTranspose` needs to have rank 3, but input has shape (8, 3, 32, 32).", role="transposed-conv", versions="equinox"),
    W("wrong-rank", "Input to ConvND needs to have rank in [{ranks}, {}], but input has shape {shape}", "Input to ConvND needs to have rank in [3, 4], but input has shape (28, 28).", role="conv", versions="haiku"),
    W("wrong-rank", "Input to ConvND{} needs to have rank in", "Input to ConvNDTranspose needs to have rank in [3, 4], but input has shape (28, 28).", role="transposed-conv", versions="haiku"),
    W("wrong-rank", "Expected input with {ranks} dimensions, received {rank} instead", "Expected input with 3 dimensions, received 4 instead.", role="pool", versions="equinox"),
    W("uneven-groups", "The number of channels must be divisible by the number of groups, was channels={got}, groups={groups}", "The number of channels must be divisible by the number of groups, was channels=48, groups=32", layer="GroupNorm", versions="haiku"),
    W("uneven-groups", "The number of groups must divide the number of channels", "The number of groups must divide the number of channels.", layer="GroupNorm", versions="equinox"),
    W("uneven-groups", "in_channels (={wanted}) must be divisible by groups (={groups})", "`in_channels` (=3) must be divisible by `groups` (=2).", layer="Conv", role="conv", versions="equinox"),
    W("uneven-groups", "Inputs channels {got} should be a multiple of feature_group_count {groups}", "Inputs channels 3 should be a multiple of feature_group_count 2", role="conv", versions="haiku"),
    W("wrong-rank", "The rank of the inputs cannot change between calls, the original call was rank={ranks} but this call was rank={rank}", "The rank of the inputs cannot change between calls, the original call was rank=4 but this call was rank=3.", layer="GroupNorm", versions="haiku"),
    W("flatten-size", "linear/w' with retrieved shape {weight} does not match shape={shape} dtype=", "'linear/w' with retrieved shape (512, 10) does not match shape=[256, 10] dtype=dtype('float32')", role="linear", versions="haiku"),
    W("channel-mismatch", "'{name}' with retrieved shape {weight} does not match shape={shape} dtype=", "'batch_norm/scale' with retrieved shape (1, 1, 1, 64) does not match shape=[1, 1, 1, 32] dtype=dtype('float32')", versions="haiku", needs="norm"),
    W("statistics-mode", "Unable to retrieve state", "ValueError: Unable to retrieve state 'mean_ema' for module 'batch_norm'", needs="norm"),
    W("statistics-mode", "_state then use hk.transform_with_state", "If your transformed function uses `hk.{get,set}_state` then use `hk.transform_with_state`.", versions="haiku"),
    W("input-channels", "conv_general_dilated lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, but {got} // {groups} != {wanted}", "conv_general_dilated lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, but 3 // 1 != 1.", role="conv"),
    W("wrong-rank", "convolution requires lhs and rhs ndim to be equal, got {rank} and {ranks}", "convolution requires lhs and rhs ndim to be equal, got 3 and 4.", role="conv"),
    W("flatten-size", "dot_general requires contracting dimensions to have the same shape, got ({got},) and ({wanted},)", "dot_general requires contracting dimensions to have the same shape, got (512,) and (256,).", role="linear", needs="linear-jax"),
    W("size-mismatch", "Cannot concatenate arrays with shapes that differ in dimensions other than the one being concatenated: concatenating along dimension {axis} for shapes {shape}, {other}", "Cannot concatenate arrays with shapes that differ in dimensions other than the one being concatenated: concatenating along dimension 3 for shapes (1, 64, 64, 8), (1, 63, 63, 8).", role="join"),
    W("size-mismatch", "Incompatible shapes for broadcasting: {shape} and requested shape {other}", "Incompatible shapes for broadcasting: (1, 64, 64, 8) and requested shape (1, 63, 63, 8)", role="add", needs="jax-forward"),
    W("size-mismatch", "Incompatible shapes for broadcasting: shapes=[{shape}, {other}", "Incompatible shapes for broadcasting: shapes=[(1, 64, 64, 8), (1, 63, 63, 8)]", role="add", needs="jax-forward"),
    W("size-mismatch", "{operation} got incompatible shapes for broadcasting: {shape}, {other}", "add got incompatible shapes for broadcasting: (1, 64, 64, 8), (1, 63, 63, 8).", role="add", needs="jax-forward"),
    W("sync-constraint", "unbound axis name: {name}", "NameError: unbound axis name: batch", needs="norm"),
    W("missing-layer", "module 'haiku' has no attribute '{name}'", "module 'haiku' has no attribute 'RMSNorm'", needs="norm-name"),
    W("missing-layer", "module 'equinox{module}' has no attribute '{name}'", "module 'equinox.nn' has no attribute 'RMSNorm'", needs="norm-name"),
    W("missing-layer", "module 'jax.{module}' has no attribute '{name}'", "module 'jax.nn' has no attribute 'normalize_norm'", needs="norm-name"),
)  # fmt: skip
