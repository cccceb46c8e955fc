"""Where saved weights and a network differ."""

from typing import NamedTuple


class Difference(NamedTuple):
    """One parameter or buffer that does not fit."""

    path: str
    """Of its layer in the network."""
    name: str
    """Its own name there: `weight`, `running_mean`."""
    here: tuple[int, ...] | None
    """Its shape in the network, None where the network has none."""
    saved: tuple[int, ...] | None
    """Its shape among the saved ones, None where it is not among them."""
