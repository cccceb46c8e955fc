"""How the frameworks spell the same layer: a table, so that no rule has to ask which framework it is in."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

BATCH = 32
"""So many samples make a batch where nobody says how many: as many as Keras takes."""


class Spoken(NamedTuple):
    """What kind of thing a program hands over to a network, and how it names the functions that work on it."""

    kind: Literal["numpy", "tensor", "pipeline"]
    """An array of NumPy's; a tensor, or anything that the functions take; a `tf.data` pipeline."""
    prefix: str
    """`tf`, or `keras.ops`; of no meaning for an array."""
    parts: int = 1
    """Of how many parts the elements of a pipeline are."""


def instance_norm(framework: str | None, rank: int, axis: int, channels: int) -> tuple[str, Mapping[str, object]]:
    """The layer that is instance norm for inputs of this rank with their channels on this axis, and its arguments.

    Keras 3 has no layer of that name: it is a group norm of as many groups as channels (`groups=-1`).
    """
    if framework in ("keras", "tensorflow"):
        return "GroupNormalization", {"groups": -1, "axis": -1 if axis == rank - 1 else axis}
    return f"InstanceNorm{rank - 2}d", {"num_features": channels}


def each_channel(framework: str | None, channels: int) -> int:
    """The number of groups by which a group norm takes each of so many channels by itself; Keras counts them."""
    return -1 if framework in ("keras", "tensorflow") else channels


def one_group(framework: str | None, rank: int, axis: int, channels: int) -> tuple[str, Mapping[str, object]]:
    """The group norm that takes all channels of a sample together, and its arguments."""
    if framework in ("keras", "tensorflow"):
        return "GroupNormalization", {"groups": 1, "axis": -1 if axis == rank - 1 else axis}
    return "GroupNorm", {"num_groups": 1, "num_channels": channels}


def layer_norm(framework: str | None, features: int) -> tuple[str, Mapping[str, object]]:
    """The layer that is layer norm over so many features on the last axis, and its arguments; Keras's counts them."""
    if framework in ("keras", "tensorflow"):
        return "LayerNormalization", {}
    return "LayerNorm", {"normalized_shape": features}


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


def transformed(
    framework: str | None, operation: str, arguments: Sequence[object], spoken: Spoken | None = None
) -> str | None:
    """How the operation is written around an expression: `{}.permute(0, 3, 1, 2)`; None where nothing fits every array.

    What goes into a Keras model may be an array of NumPy or a tensor of any backend: an index is common to all, and
    `spoken` tells which it is.
    """
    if not has_tensor_methods(framework):
        if spoken is not None and spoken.kind == "pipeline":
            if (operation, tuple(arguments)) == ("unsqueeze", (0,)):
                return f"{{}}.batch({BATCH})"
            return _mapped(spoken, _of_keras("x", operation, arguments, spoken._replace(kind="tensor")))
        return _of_keras("{}", operation, arguments, spoken)
    if operation == "pad":
        return f"torch.nn.functional.pad({{}}, {arguments!r})"
    if operation == "to":
        return f"{{}}.to(torch.{arguments[0]})"
    return f"{{}}.{operation}({', '.join(map(str, arguments))})"


def _of_keras(value: str, operation: str, arguments: Sequence[object], spoken: Spoken | None) -> str | None:
    """The operation on what goes into a Keras model: by an index, else by a method or a function of its library."""
    numbers = [one for one in arguments if isinstance(one, int)]
    if operation in ("unsqueeze", "squeeze") and len(numbers) == 1 and numbers[0] >= 0:
        return f"{value}[{':, ' * numbers[0]}{None if operation == 'unsqueeze' else 0}]"
    if operation == "narrow" and len(numbers) == 3 and numbers[0] >= 0:
        axis, start, length = numbers
        return f"{value}[{':, ' * axis}{start or ''}:{start + length}]"
    if spoken is None:
        return None
    numpy = spoken.kind == "numpy"
    if operation == "permute":
        return (
            f"{value}.transpose{tuple(numbers)}" if numpy else f"{spoken.prefix}.transpose({value}, {tuple(numbers)})"
        )
    if operation == "to":
        return f'{value}.astype("{arguments[0]}")' if numpy else f'{spoken.prefix}.cast({value}, "{arguments[0]}")'
    repeated = [axis for axis, times in enumerate(numbers) if times != 1] if operation == "repeat" else []
    if len(repeated) == 1:
        given = f"{numbers[repeated[0]]}, axis={repeated[0]}"
        return f"{value}.repeat({given})" if numpy else f"{spoken.prefix}.repeat({value}, {given})"
    return None


def _mapped(spoken: Spoken, written: str | None) -> str | None:
    """A pipeline whose elements are transformed, their first part where there are several."""
    if written is None:
        return None
    names = ("x", "y", "weights")[: spoken.parts]
    results = f"({', '.join((written, *names[1:]))})" if names[1:] else written
    return f"{{}}.map(lambda {', '.join(names)}: {results})"
