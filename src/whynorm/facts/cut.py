"""A tensor that the program cuts: along its first axis, piece by piece, or out of a longer one."""

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


class Border(NamedTuple):
    """What gives a border of a slice, and how it would count the steps of what is sliced."""

    location: Location
    written: str
    counted: str
