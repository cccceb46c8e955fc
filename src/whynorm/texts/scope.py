"""Restraint: whether a message that others share is one of a layer's, by what stands around it.

A wording's `needs` names one of these questions; what is not answered with yes is left alone.
"""

from collections.abc import Callable

from whynorm.facts import Frame, Told

_NORMS = (
    "norm",
    "_bn",
    "bn_",
    ".bn",
    "bn1",
    "bn2",
    "running_mean",
    "running_var",
    "num_batches_tracked",
    "gn.",
    ".ln",
    "ln_",
    "downsample.1",
)
_LOSSES = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "bce",
    "binary_cross",
    "l1_loss",
    "kl_div",
    "criterion",
    "loss_fn",
    "loss_func",
    "lossfn",
    "nn/modules/loss.py",
    "nn\\modules\\loss.py",
    "torch/optim",
    "torch\\optim",
    "optimizer.step",
    "keras/losses",
    "keras\\losses",
    "keras/metrics",
    "loss(",
    "dice_loss",
    "diceloss",
    "accuracy(",
    "metric",
)
_STRANGERS = (
    "numpy",
    "np.",
    "pandas",
    "sklearn",
    "scipy",
    "matplotlib",
    "cv2.",
    "pil.image",
    "xgboost",
    "torch/utils/data/_utils/collate",
    "default_collate",
    "collate_fn",
)
_GROUPS = (
    "dist.barrier",
    "get_rank",
    "all_reduce",
    "all_gather",
    "distributeddataparallel(",
    "fullyshardeddataparallel",
    "fsdp",
    "broadcast(",
    "dist.broadcast",
    "dist.all",
    "destroy_process_group",
    "get_world_size()",
    "deepspeed",
    "megatron",
)
_KERNELS = ("norm", "rowwisemoments", "conv", "linear", "addmm", "baddbmm", "pool", "upsample")


def answers(needs: str, told: Told, frames: tuple[Frame, ...]) -> bool:
    """Whether the text shows what a wording needs; several needs are alternatives."""
    return not needs or any(QUESTIONS[need](told, frames) for need in needs.split())


def _norm(told: Told, frames: tuple[Frame, ...]) -> bool:
    return any(word in told.around for word in _NORMS)


def names_a_norm(name: str | None, module: str | None) -> bool:
    """Whether what a message names is a norm, or a module of norms."""
    return "norm" in f"{name} {module}".lower()


def _norm_name(told: Told, frames: tuple[Frame, ...]) -> bool:
    return names_a_norm(told.words.get("name"), told.words.get("module"))


def _norm_frames(told: Told, frames: tuple[Frame, ...]) -> bool:
    """The innermost frames, or the lines next to the message, are a norm's."""
    inner = " ".join(f"{frame.location.file} {frame.function} {frame.location.code}" for frame in frames[-4:]).lower()
    return "norm" in (inner or told.message)


def _kernel(told: Told, frames: tuple[Frame, ...]) -> bool:
    named = f"{told.words.get('operation', '')} {told.words.get('type', '')}".lower() if told.words else told.message
    if told.says(*_LOSSES) and "norm" not in named:
        return False
    return any(word in named for word in _KERNELS) or (
        "is not implemented for type" in told.message and "norm" in told.message
    )


def _forward(told: Told, frames: tuple[Frame, ...]) -> bool:
    """Nothing but a network seems to be at work: no loss, no metric, no data frame, no array library."""
    if _inside(frames, _LOSSES) or _inside(frames, _STRANGERS):
        return False
    if frames:
        return _in_forward(told, frames) or not any(frame.library for frame in frames) or _layers(frames)
    return not told.says(*_LOSSES, *_STRANGERS, "labels", "target size")


def _in_forward(told: Told, frames: tuple[Frame, ...]) -> bool:
    functions = [frame.function.rpartition(".")[2] for frame in frames]
    return not _inside(frames, _LOSSES) and any(
        name in ("forward", "call", "__call__", "_call_impl", "encode", "decode") for name in functions
    )


def _layers(frames: tuple[Frame, ...]) -> bool:
    return any(
        "nn/modules" in frame.location.file.replace("\\", "/") or "/layers/" in frame.location.file for frame in frames
    )


def _linear(told: Told, frames: tuple[Frame, ...]) -> bool:
    """A product of matrices is a linear layer's unless the user's own line multiplies."""
    if any(
        "linear" in f"{frame.location.file} {frame.function} {frame.location.code}".lower() for frame in frames[-3:]
    ):
        return True
    inner = frames[-1].location.code if frames else ""
    if any(word in inner for word in (" @ ", "matmul(", ".mm(", "torch.mm", "addmm(", "bmm(", "einsum(")):
        return False
    return _forward(told, frames)


def _unpacked(told: Told, frames: tuple[Frame, ...]) -> bool:
    """A line of a network unpacks a shape: `b, c, h, w = x.shape`."""
    inner = frames[-1].location.code if frames else ""
    return (".shape" in inner or ".size()" in inner or "get_shape()" in inner) and _in_forward(told, frames)


def _process_group(told: Told, frames: tuple[Frame, ...]) -> bool:
    return not told.says(*_GROUPS)


def _dtype(told: Told, frames: tuple[Frame, ...]) -> bool:
    """Two types, not two devices, and not a label's."""
    if (
        _inside(frames, _LOSSES)
        or "'target'" in told.message
        or "'index'" in told.message
        or (told.says("embedding", "quantiz") and "norm" not in told.message)
    ):
        return False
    found, dtype = told.words.get("found", "").lower(), told.words.get("dtype", "").lower()
    if "long" in (found, dtype) or "int" in found[:3] + dtype[:3]:
        return "weight" in told.message or "bias" in told.message or _norm_frames(told, frames)
    if "tensor" in found and "tensor" in dtype:
        return found.rpartition(".")[2] != dtype.rpartition(".")[2]
    return True


def _state(told: Told, frames: tuple[Frame, ...]) -> bool:
    """A norm's weights or buffers are among what does not fit."""
    if "optimizer" in told.message and "norm" not in told.message:
        return False
    return any(word in told.message for word in _NORMS)


def _norm_buffers(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("running_mean", "running_var", "batchnorm", "batch_norm", "syncbatchnorm", "num_batches_tracked")


def _keras(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("keras", "tensorflow", "layer") and not _inside(frames, _LOSSES)


def _jax(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("flax", "haiku", "linen", "nnx", "jax", "equinox", "batch_stats", "hk.") and not _inside(
        frames, _LOSSES
    )


def _addons_norm(told: Told, frames: tuple[Frame, ...]) -> bool:
    """A package of layers is missing, and a norm is wanted from it."""
    module = told.words.get("module", "").lower()
    known = any(name in module for name in ("addons", "contrib", "keras", "apex"))
    return known and ("norm" in told.around or _names_a_norm_of(module, frames))


def _names_a_norm_of(module: str, frames: tuple[Frame, ...]) -> bool:
    """Whether the file that imports a package names a norm of it, further down."""
    import ast

    from whynorm.source.files import read
    from whynorm.source.places import dotted, imported_as

    source = read(frames[-1].location.file) if frames else None
    if source is None:
        return False
    package = module.split(".")[0]
    names = {own for own, full in imported_as(source).items() if full.split(".")[0] == package}
    used = [dotted(node) or "" for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)]
    return any(name.split(".")[0] in names and "norm" in name.lower() for name in used)


def _norm_op(told: Told, frames: tuple[Frame, ...]) -> bool:
    """The message names a norm, and not a number's norm or something normal."""
    plain = told.message.replace("_", "").replace(" ", "").replace("-", "")
    return any(kind + "norm" in plain for kind in ("batch", "instance", "layer", "group", "rms", "response", "fused"))


def _keras_conv(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("keras", "theano", "lasagne") and told.says("conv", "pool")


def _no_loss(told: Told, frames: tuple[Frame, ...]) -> bool:
    """Neither the message nor the innermost frames are a loss's, a metric's or an optimiser's."""
    words = (*_LOSSES, "crossentropy", "squared_error", "absolute_error", "losses", "gradients/", "hinge", "metrics")
    return not any(word in told.message for word in words) and not _inside(frames, words)


def _add_op(told: Told, frames: tuple[Frame, ...]) -> bool:
    return _no_loss(told, frames) and told.words.get("operation", "").lower() in (
        "add",
        "addv2",
        "addn",
        "mul",
        "sub",
        "concat",
        "concatv2",
        "biasadd",
    )


def _layer_op(told: Told, frames: tuple[Frame, ...]) -> bool:
    return any(word in told.message for word in ("conv", "norm", "pool", "biasadd", "matmul", "depthwise"))


def _linear_jax(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("dense", "linear", "flax", "haiku", "equinox", "eqx") and not _inside(frames, _LOSSES)


def _jax_forward(told: Told, frames: tuple[Frame, ...]) -> bool:
    inner = [frame.function.rpartition(".")[2] for frame in frames]
    library = told.says("flax", "haiku", "equinox", "linen", "nnx") and "__call__" in inner
    keras = told.says("exception encountered when calling") and "call" in inner
    return (library or keras) and not _inside(frames, _LOSSES)


def _einops(told: Told, frames: tuple[Frame, ...]) -> bool:
    return told.says("einops", "rearrange", "pattern")


def _inside(frames: tuple[Frame, ...], words: tuple[str, ...]) -> bool:
    """Whether one of these words stands in the innermost frames or in the code that they show."""
    text = " ".join(f"{frame.location.file} {frame.function} {frame.location.code}" for frame in frames[-4:]).lower()
    return any(word in text for word in words)


QUESTIONS: dict[str, Callable[[Told, tuple[Frame, ...]], bool]] = {
    "norm": _norm,
    "norm-name": _norm_name,
    "norm-frames": _norm_frames,
    "norm-buffers": _norm_buffers,
    "kernel": _kernel,
    "forward": _forward,
    "in-forward": _in_forward,
    "linear": _linear,
    "unpacked": _unpacked,
    "process-group": _process_group,
    "dtype": _dtype,
    "state": _state,
    "addons-norm": _addons_norm,
    "no-loss": _no_loss,
    "norm-op": _norm_op,
    "keras-conv": _keras_conv,
    "add-op": _add_op,
    "layer-op": _layer_op,
    "linear-jax": _linear_jax,
    "jax-forward": _jax_forward,
    "einops": _einops,
    "keras": _keras,
    "jax": _jax,
}
"""What a wording may need, by name."""
