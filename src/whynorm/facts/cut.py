"""A tensor that the program cuts along its first axis, and hands on piece by piece."""

from typing import NamedTuple

from whynorm.facts.place import Location


class Cut(NamedTuple):
    """One call that cuts a tensor into pieces of one size, all of which go the same way."""

    location: Location
    function: str
    """As it is written: `ops.split`."""
    tensor: str
    number: str
    """The number that it is given, as it is written."""
    argument: int | str
    """Its place among the arguments, or its keyword."""
    counts: bool
    """Whether the number counts the pieces; else it is the size of each."""
    method: bool
    """Whether it is the tensor's own method: `x.chunk(4)`."""
