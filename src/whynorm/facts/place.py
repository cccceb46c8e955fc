"""Where something stands in the user's source."""

from typing import NamedTuple


class Location(NamedTuple):
    """One line of source: its file as the program names it, its number from 1, and the line's text, stripped."""

    file: str
    line: int
    code: str
