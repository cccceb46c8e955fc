"""What a header tells."""

from typing import NamedTuple

Shape = tuple[int, ...]


class Header(NamedTuple):
    """A shape, and what else is known of it.

    Images give (height, width), NIfTI its axes as they are stored, DICOM (rows, columns), with several frames (frames,
    rows, columns).
    """

    shape: Shape
    channels: int | None = None
    """Of an image, whose shape leaves them out; None where they are not settled (a palette)."""
    mode: str = ""
    """An image's mode, in Pillow's words: `L`, `RGB`, `RGBA`."""
    series: str | None = None
    """For a slice of DICOM, what it shares with the other slices of its volume."""


class Unreadable(Exception):
    """A file whose shape could not be read; its text is one line that says why."""
