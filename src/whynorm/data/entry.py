"""One thing whose shape is asked for."""

from collections.abc import Mapping
from typing import NamedTuple

from whynorm.data.header import Header, Unreadable
from whynorm.data.headers import header_of


class Entry(NamedTuple):
    """One file, one series of slices, or one line of a list: its header, or why it has none."""

    name: str
    header: Header | None
    damaged: str | None = None
    sizes: Mapping[str, int] | None = None
    """Of a line in a list whose first line names its columns: the sizes by these names."""


def entry_of(name: str) -> Entry:
    """One file. It never raises: what is damaged says so."""
    try:
        return Entry(name, header_of(name))
    except Unreadable as error:
        return Entry(name, None, str(error))
