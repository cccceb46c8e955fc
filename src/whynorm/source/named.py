"""What functions and methods do to an array, by their names, and what kind of array they give."""

import ast
from typing import Literal, NamedTuple

from whynorm.facts.origin import Kind
from whynorm.source.files import Source
from whynorm.source.indices import constant
from whynorm.source.places import dotted, imported_as
from whynorm.source.running import Value, Where, last_name
from whynorm.source.values import behind

Array = Literal["tensor", "numpy", "image"]

MADE = {
    "randn", "rand", "zeros", "ones", "full", "empty", "arange", "linspace", "eye", "randint", "normal", "uniform",
    "integers", "random", "standard_normal", "random_sample", "randn_like", "zeros_like", "ones_like", "rand_like",
    "full_like", "empty_like", "fromarray",
}  # fmt: skip
READ = {
    "load", "imread", "open", "read_image", "loadtxt", "genfromtxt", "fromfile", "dcmread", "get_fdata", "imdecode",
    "GetArrayFromImage", "decode_image", "decode_jpeg", "decode_png", "pil_loader", "default_loader", "read_video",
}  # fmt: skip
CONVERTED: dict[str, Array] = {
    "from_numpy": "tensor", "as_tensor": "tensor", "tensor": "tensor", "FloatTensor": "tensor", "Tensor": "tensor",
    "pil_to_tensor": "tensor", "asarray": "numpy", "array": "numpy", "numpy": "numpy", "to_numpy": "numpy",
    "ascontiguousarray": "numpy",
}  # fmt: skip
TO_TENSOR = {"ToTensor", "to_tensor", "ToImage"}
MOVED = {"permute", "transpose", "swapaxes", "moveaxis", "movedim", "rearrange", "T", "mT", "t", "rollaxis"}
ADDED = {"unsqueeze", "expand_dims"}
RESHAPED = {"reshape", "view", "flatten", "unflatten", "ravel"}
CAST = {"half", "float", "double", "bfloat16", "long", "int", "short", "byte", "astype"}
RESIZED = {
    "interpolate",
    "resize",
    "Resize",
    "CenterCrop",
    "RandomCrop",
    "center_crop",
    "RandomResizedCrop",
    "upsample",
}
MIXED = {
    "unfold",
    "matmul",
    "mm",
    "bmm",
    "einsum",
    "tensordot",
    "dot",
    "stft",
    "istft",
    "sliding_window_view",
    "cdist",
}
SPLIT = {"split", "chunk", "tensor_split", "array_split"}
CLIPPED = {"clip", "clamp", "clip_by_value"}
STACKED = {"stack", "default_collate"}


class Changed(NamedTuple):
    """What a call does to the array that it is given."""

    kind: Kind
    array: Array | None = None
    """What kind of array comes out, where that is known."""
    deeper: int = 0
    """So many axes it puts in front."""


def changed_by(where: Where, node: ast.Call, on_value: bool) -> Changed | None:
    """What a call does to the array that it is given, or that it is a method of; None where that is not known."""
    name = last_name(node)
    front = bool(node.args) and constant(node.args[-1]) == 0
    if name in MOVED:
        return Changed(
            "moved", "tensor" if name in ("permute", "movedim") else None if on_value else made_as(where, node)
        )
    if name in ADDED:
        return Changed("added", "tensor" if name == "unsqueeze" else None, int(front))
    if name == "squeeze":
        return Changed("squeezed", None, -int(front))
    if on_value and name in CAST:
        return Changed("cast", "numpy" if name == "astype" else "tensor")
    if name in RESIZED or (isinstance(node.func, ast.Call) and last_name(node.func) in RESIZED):
        return Changed("resized")
    if name in CLIPPED:
        return Changed("clipped")
    if name in RESHAPED:
        return Changed("reshaped")
    return Changed("converted", CONVERTED[name]) if name in CONVERTED else None


def is_layer(where: Where, func: ast.expr) -> bool:
    """Whether a callee is a variable that holds a layer of torch.nn: what it gives has axes of its own."""
    if not isinstance(func, ast.Name | ast.Attribute):
        return False
    made = behind(Value(func, where))
    if made is None or not isinstance(made.node, ast.Call):
        return False
    root, _, rest = (dotted(made.node.func) or "").partition(".")
    full = imported_as(made.where.source).get(root, root) + (f".{rest}" if rest else "")
    return full.startswith("torch.nn.") and full.rpartition(".")[2][:1].isupper()


def is_module(source: Source, node: ast.expr) -> bool:
    """Whether an expression is an imported module: `torch`, `np.random`."""
    name = dotted(node)
    return name is not None and name.split(".")[0] in imported_as(source)


def read_as(node: ast.Call) -> Array | None:
    """What kind of array a call gives that reads a file."""
    owner = dotted(node.func) or ""
    if owner.startswith(("np.", "numpy.", "cv2.", "imageio", "iio.", "skimage", "io.")):
        return "numpy"
    if owner.startswith("torch"):
        return "tensor"
    return "image" if owner.startswith(("Image.", "PIL.")) or owner.endswith("_loader") else None


def made_as(where: Where, node: ast.Call) -> Array | None:
    """What kind of array a function gives, by the library that it is of."""
    name = dotted(node.func) or ""
    root = name.split(".")[0]
    known = imported_as(where.source)
    if root not in known and isinstance(node.func, ast.Attribute):  # a generator of NumPy's
        maker = behind(Value(node.func.value, where)) if not isinstance(node.func.value, ast.Call) else None
        call = maker.node if maker is not None else node.func.value
        return "numpy" if isinstance(call, ast.Call) and last_name(call) in ("default_rng", "RandomState") else None
    arrays: dict[str, Array] = {"torch": "tensor", "numpy": "numpy", "PIL": "image"}
    return arrays.get(known.get(root, root).split(".")[0])
