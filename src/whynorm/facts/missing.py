"""A layer that a file names and the framework does not find."""

from typing import NamedTuple


class Missing(NamedTuple):
    """What is known of it where it is to be loaded."""

    name: str
    """The name of its class."""
    package: str | None
    """The package that it came with, where the file says so and it is no longer to be had."""
    ours: bool
    """Whether this package has a layer that reads its configuration."""
    known: bool
    """Whether the program has a class of this name on the line that loads."""
    callee: str | None
    """What is called on that line."""
