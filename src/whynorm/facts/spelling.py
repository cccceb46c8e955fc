"""How the frameworks spell the same layer: a table, so that no rule has to ask which framework it is in."""

from collections.abc import Mapping, Sequence


def instance_norm(framework: str | None, rank: int, axis: int, channels: int) -> tuple[str, Mapping[str, object]]:
    """The layer that is instance norm for inputs of this rank with their channels on this axis, and its arguments.

    Keras 3 has no layer of that name: it is a group norm of as many groups as channels (`groups=-1`).
    """
    if framework in ("keras", "tensorflow"):
        return "GroupNormalization", {"groups": -1, "axis": -1 if axis == rank - 1 else axis}
    return f"InstanceNorm{rank - 2}d", {"num_features": channels}


def pooling(framework: str | None, rank: int) -> str | None:
    """The layer that makes one number of all positions of each channel, and drops their axes; None where there is none.

    PyTorch's adaptive pooling keeps them, as axes of size one.
    """
    known = framework in ("keras", "tensorflow") and rank in (3, 4, 5)
    return f"GlobalAveragePooling{rank - 2}D" if known else None


def has_tensor_methods(framework: str | None) -> bool:
    """Whether what a program hands to a network is of one type, whose methods are PyTorch's."""
    return framework not in ("keras", "tensorflow")


def relearning(framework: str | None) -> str:
    """How running statistics are learnt anew while the weights stay."""
    if has_tensor_methods(framework):
        return "reset_running_stats(), then torch.optim.swa_utils.update_bn(loader, model)"
    return "set moving_mean to 0 and moving_variance to 1, then call model(batch, training=True) on many batches"


def transformed(framework: str | None, operation: str, arguments: Sequence[object]) -> str | None:
    """How the operation is written around an expression: `{}.permute(0, 3, 1, 2)`; None where nothing fits every array.

    What goes into a Keras model may be an array of NumPy or a tensor of any backend: an index is common to all.
    """
    if not has_tensor_methods(framework):
        place = arguments[0] if operation == "unsqueeze" and arguments else None
        return f"{{}}[{':, ' * place}None]" if isinstance(place, int) and place >= 0 else None
    if operation == "pad":
        return f"torch.nn.functional.pad({{}}, {arguments!r})"
    if operation == "to":
        return f"{{}}.to(torch.{arguments[0]})"
    return f"{{}}.{operation}({', '.join(map(str, arguments))})"
