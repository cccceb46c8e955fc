"""What TensorFlow says, eagerly and in graphs."""

# ruff: noqa: E501 a message stands as it is printed
from whynorm.texts.wordings.wording import Wording as W

WORDINGS = (
    W(
        "size-mismatch",
        "ConcatOp : Dimension {axis} in both shapes must be equal: shape[0] = {shape} vs. shape[{}] = {other}",
        "ConcatOp : Dimension 1 in both shapes must be equal: shape[0] = [2,30,30,4] vs. shape[1] = [2,15,15,4] [Op:ConcatV2] name: concat",
        role="join",
    ),
    W(
        "size-mismatch",
        "Dimension {axis} in both shapes must be equal, but are {a} and {b}. Shapes are {shape} and {other}",
        "Dimension 1 in both shapes must be equal, but are 30 and 15. Shapes are [2,30,30] and [2,15,15]. for '{{node concat}} = ConcatV2[N=2]'",
        role="join",
    ),
    W(
        "size-mismatch",
        "Dimensions must be equal, but are {a} and {b} for {} with input shapes: {shape}, {other}",
        "Dimensions must be equal, but are 16 and 15 for '{{node add}} = AddV2[T=DT_FLOAT](a, b)' with input shapes: [2,16,16,4], [2,15,15,4].",
        role="add",
    ),
    W(
        "size-mismatch",
        "Incompatible shapes: {shape} vs. {other}",
        "Incompatible shapes: [2,16,16,4] vs. [2,15,15,4] [Op:AddV2] name: ",
        role="add",
    ),
    W(
        "too-small",
        "Negative dimension size caused by subtracting {kernel} from {got} for {} with input shapes: {shape}",
        "Negative dimension size caused by subtracting 3 from 1 for 'conv2d_8/convolution' (op: 'Conv2D') with input shapes: [?,1,1,64], [3,3,64,128]",
        role="conv",
    ),
    W(
        "too-small",
        "Computed output size would be negative: {}[input_size: {got}, effective_filter_size: {kernel}, stride: {}]",
        "Computed output size would be negative: -1 [input_size: 1, effective_filter_size: 3, stride: 1] [Op:AvgPool] name: ",
        role="pool",
    ),
    W(
        "input-channels",
        "input depth must be evenly divisible by filter depth: {got} vs {wanted}",
        "input depth must be evenly divisible by filter depth: 3 vs 4",
        role="conv",
    ),
    W(
        "unsupported-type",
        "Value for attr 'T' of {dtype} is not in the list of allowed values",
        "Value for attr 'T' of int32 is not in the list of allowed values: half, bfloat16, float, double",
    ),
    W(
        "flatten-size",
        "Input to reshape is a tensor with {got} values, but the requested shape has {wanted}",
        "Input to reshape is a tensor with 12 values, but the requested shape has 16 [Op:Reshape]",
        role="reshape",
    ),
    W(
        "flatten-size",
        "Matrix size-incompatible: In[0]: {shape}, In[1]: {weight}",
        "Matrix size-incompatible: In[0]: [2,392], In[1]: [400,3]",
        role="linear",
    ),
)
