"""Where something stands in the user's source."""

from __future__ import annotations

from typing import NamedTuple


class Location(NamedTuple):
    """One line of source: its file as the program names it, its number from 1, and the line's text, stripped."""

    file: str
    line: int
    code: str
    column: int | None = None
    """Where on the line the expression starts, in characters from 0, where it is known: tells two calls of the
    same name on one line apart."""
    through: tuple[Location, ...] = ()
    """The calls through which this line was reached, nearest first, where they are known: a layer that `Block`
    builds is reached through the `Block(3, 64)` of the network. An edit follows an argument along them to the line
    where it was written."""
    library: bool = False
    """Whether it stands in an installed library's file."""

    @property
    def own(self) -> Location:
        """The user's line: of one in a library, the last that it was reached through."""
        return self.through[-1] if self.library and self.through else self


class Spot(NamedTuple):
    """The program's innermost call of a layer of Keras."""

    place: Location
    """Where it stands, with its column."""
    callee: str
    """How the layer is called there: `encoder`, `self.encoder`, `layers.Dense(8)`."""
    layer: str
    """The layer's name."""
