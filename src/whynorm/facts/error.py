"""An error as the framework worded it, and the frames it came through."""

from typing import NamedTuple

from whynorm.facts.place import Location


class Raised(NamedTuple):
    """An exception: the name of its type and its whole message, unshortened."""

    type: str
    message: str


class Frame(NamedTuple):
    """One frame of a traceback, live or pasted."""

    location: Location
    function: str
    library: bool
    """Whether the file belongs to an installed library and not to the user."""
