"""What Keras says, on every backend; Keras 3 first."""

# ruff: noqa: E501 a message stands as it is printed
from whynorm.texts.wordings.wording import Wording as W

_CHANNELS = "is incompatible with the layer: expected axis {axis} of input shape to have value {wanted}, but received input with shape {shape}"
_CHANNELS_TOLD = 'Input 0 of layer "conv2d_1" is incompatible with the layer: expected axis -1 of input shape to have value 3, but received input with shape (None, 3, 64, 64)'

WORDINGS = (
    # Channels.
    W("channel-mismatch", _CHANNELS, _CHANNELS_TOLD.replace("conv2d_1", "batch_normalization_1"), role="norm", needs="norm"),
    W("input-channels", _CHANNELS, _CHANNELS_TOLD, role="conv"),
    W("input-channels", _CHANNELS, _CHANNELS_TOLD.replace("conv2d_1", "conv2d_transpose_1"), role="transposed-conv"),
    W("flatten-size", _CHANNELS, _CHANNELS_TOLD.replace("conv2d_1", "dense_1"), role="linear"),
    W(
        "input-channels",
        "The number of input channels must be evenly divisible by the number of groups. Received groups={groups}, but the input has {got} channels (full input shape is {shape})",
        "The number of input channels must be evenly divisible by the number of groups. Received groups=2, but the input has 3 channels (full input shape is (5, 3, 4, 4, 4)).",
        role="conv",
        versions=">=3",
    ),
    # Ranks.
    W(
        "wrong-rank",
        "is incompatible with the layer: expected min_ndim={ranks}, found ndim={rank}. Full shape received: {shape}",
        "Input 0 of layer \"conv2d\" is incompatible with the layer: expected min_ndim=4, found ndim=3. Full shape received: (32, 32, 3)",
        role="conv",
    ),
    W(
        "wrong-rank",
        "is incompatible with the layer: expected ndim={ranks}, found ndim={rank}. Full shape received: {shape}",
        "Input 0 of layer \"max_pooling2d\" is incompatible with the layer: expected ndim=4, found ndim=2. Full shape received: (None, 10)",
    ),
    W(
        "wrong-rank",
        "Invalid input shape for input {} Expected shape {weight}, but input has incompatible shape {shape}",
        "Invalid input shape for input Tensor(\"data:0\", shape=(3, 7)) with name 'keras_tensor' and path ''. Expected shape (None, 32, 32, 3), but input has incompatible shape (2, 3, 7)",
        role="other",
        versions=">=3",
    ),
    W(
        "input-channels",
        "is incompatible with the layer: expected shape={weight}, found shape={shape}",
        "Input 0 of layer \"model\" is incompatible with the layer: expected shape=(None, 32, 32, 3), found shape=(None, 32, 32, 1)",
        role="other",
    ),
    W(
        "wrong-rank",
        "Kernel shape must have the same length as input, but received kernel of shape {weight} and input of shape {shape}",
        "Kernel shape must have the same length as input, but received kernel of shape (1, 1, 6, 6) and input of shape (2, 5, 4, 4, 6).",
        role="conv",
        versions=">=3",
    ),
    # Groups.
    W(
        "uneven-groups",
        "Number of groups ({groups}) must be a multiple of the number of channels ({got})",
        "Number of groups (32) must be a multiple of the number of channels (48).",
        layer="GroupNormalization",
    ),
    W(
        "uneven-groups",
        "Number of groups ({groups}) cannot be more than the number of channels ({got})",
        "Number of groups (32) cannot be more than the number of channels (16).",
        layer="GroupNormalization",
    ),
    # Axes that are not there, or not known.
    W(
        "undefined-axis",
        "Axis {axis} of input tensor should have a defined dimension but the layer received an input with shape {shape}",
        "Axis -1 of input tensor should have a defined dimension but the layer received an input with shape (None, None, None, None).",
        layer="GroupNormalization",
    ),
    W(
        "undefined-axis",
        "Axis {axis} of the input tensor should be defined, but the layer received an input with shape {shape}",
        "Axis 1 of the input tensor should be defined, but the layer received an input with shape (None, None, 3).",
        layer="Normalization",
    ),
    W(
        "undefined-axis",
        "Shapes used to initialize variables must be fully-defined (no None dimensions). Received: shape={shape}",
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, None) for variable path='layer_normalization_1/gamma'",
        versions=">=3",
    ),
    W(
        "undefined-axis",
        "unsupported operand type(s) for {}: 'NoneType' and 'int'",
        "TypeError: unsupported operand type(s) for %: 'NoneType' and 'int'",
        role="conv",
        needs="keras",
    ),
    W(
        "axis-out-of-range",
        "Axis {axis} is out of bounds for input shape {shape}. Received: axis={}",
        "Axis 99 is out of bounds for input shape (2, 4). Received: axis=99",
        versions=">=3",
    ),
    W(
        "axis-out-of-range",
        "All axis values must be in the range [-ndim, ndim). Received inputs with ndim={rank}, while axis={}",
        "All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim=1, while axis=(1,)",
        layer="UnitNormalization",
    ),
    W("axis-out-of-range", "tuple index out of range", "IndexError: tuple index out of range", role="norm", needs="norm"),
    W("axis-out-of-range", "pop index out of range", "IndexError: pop index out of range", role="norm", needs="norm"),
    W("axis-out-of-range", "duplicate value in 'axis': {}", "duplicate value in 'axis': (-2, -2)", role="norm", needs="norm"),
    W("axis-out-of-range", "dim {axis} appears multiple times in the list of dims", "dim 2 appears multiple times in the list of dims", role="norm"),
    W("axis-out-of-range", "Axes contains duplicate dimension: {axis}", "Invalid reduction arguments: Axes contains duplicate dimension: 3 [Op:Mean]", role="norm"),
    W("axis-out-of-range", "Invalid reduction dimension ({axis} for input with {rank} dimension", "Invalid reduction dimension (2 for input with 2 dimension(s) [Op:Sum] name: ", role="norm"),
    W("axis-out-of-range", "dim must be in the range {} where {rank} is the number of dimensions in the input. Received: dim={axis}", "`dim` must be in the range [-2, 2) where 2 is the number of dimensions in the input. Received: dim=4", role="activation"),
    W("axis-out-of-range", "axis {axis} is out of bounds for array of dimension {rank}", "axis 4 is out of bounds for array of dimension 2", role="norm", needs="keras"),
    # No room.
    W(
        "too-small",
        "Computed output size would be zero or negative. Received inputs shape={shape}, kernel shape={weight}",
        "Computed output size would be zero or negative. Received `inputs shape=(2, 1, 1, 8)`, `kernel shape=(3, 3, 8, 8)`, `dilation_rate=[1 1]`, `strides=(2, 2)`, `padding=valid`.",
        role="conv",
        versions=">=3",
    ),
    W(
        "too-small",
        "One of the dimensions in the output is <= 0 due to downsampling in {name}. Consider increasing the input size. Received input shape {shape} which would produce output shape with a zero or negative value in a dimension",
        "One of the dimensions in the output is <= 0 due to downsampling in conv2d_3. Consider increasing the input size. Received input shape [None, 1, 1, 64] which would produce output shape with a zero or negative value in a dimension.",
        role="conv",
    ),
    W(
        "too-small",
        "Values in cropping argument should be smaller than the corresponding spatial dimension of the input. Received: inputs.shape={shape}",
        "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the input. Received: inputs.shape=(4, 1, 2, 8), cropping=((2, 2), (2, 2))",
        role="slice",
    ),
    # Branches that meet.
    W(
        "size-mismatch",
        "A Concatenate layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=[{shape}, {other}",
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=[(None, 88, 88, 128), (None, 89, 89, 128)]",
        role="join",
    ),
    W(
        "size-mismatch",
        "Inputs have incompatible shapes. Received shapes {shape} and {other}",
        "Inputs have incompatible shapes. Received shapes (16, 16, 64) and (15, 15, 64)",
        role="add",
    ),
    W(
        "size-mismatch",
        "Cannot merge tensors with different batch sizes. Received tensors with shapes [{shape}, {other}",
        "Cannot merge tensors with different batch sizes. Received tensors with shapes [(4, 1), (3, 2)]",
        role="add",
    ),
    # Reshapes.
    W(
        "flatten-size",
        "The total size of the tensor must be unchanged. Received: input_shape={shape}, target_shape={other}",
        "The total size of the tensor must be unchanged. Received: input_shape=(6, 1), target_shape=(4, 4)",
        role="reshape",
    ),
    W(
        "flatten-size",
        "The total size of the tensor must be unchanged, however, the input size cannot by divided by the specified dimensions in target_shape. Received: input_shape={shape}, target_shape={other}",
        "The total size of the tensor must be unchanged, however, the input size cannot by divided by the specified dimensions in target_shape. Received: input_shape=(5,), target_shape=(2, -1)",
        role="reshape",
    ),
    # Layers that are not there.
    W("missing-layer", "Unknown layer: {layer}", "Unknown layer: 'Addons>InstanceNormalization'. Please ensure you are using a `keras.utils.custom_object_scope`", versions="<3"),
    W(
        "missing-layer",
        "Could not locate class '{layer}'",
        "Could not locate class 'InstanceNormalization'. Make sure custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`.",
        versions=">=3",
    ),
    W("unsupported-type", "x.dtype must be a floating point tensor as x will be scaled. Received: x_dtype={}", "`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype=<dtype: 'int32'>", role="dropout"),
)  # fmt: skip
