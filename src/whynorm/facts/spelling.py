"""How the frameworks spell the same layer: a table, so that no rule has to ask which framework it is in."""

from collections.abc import Mapping


def instance_norm(framework: str | None, rank: int, axis: int, channels: int) -> tuple[str, Mapping[str, object]]:
    """The layer that is instance norm for inputs of this rank with their channels on this axis, and its arguments.

    Keras 3 has no layer of that name: it is a group norm of as many groups as channels (`groups=-1`).
    """
    if framework in ("keras", "tensorflow"):
        return "GroupNormalization", {"groups": -1, "axis": -1 if axis == rank - 1 else axis}
    return f"InstanceNorm{rank - 2}d", {"num_features": channels}
