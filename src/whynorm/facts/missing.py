"""What is not there, or not as it should be: a layer of a file, the shapes of a pipeline, the columns of a table."""

from collections.abc import Mapping
from typing import NamedTuple

from whynorm.facts.place import Location


class Unshaped(NamedTuple):
    """What a function of Python gives in a `tf.data` pipeline, of which TensorFlow knows no shape."""

    callee: str
    """What brings it into the pipeline, as the program writes it: `tf.numpy_function`."""
    shapes: tuple[tuple[int, ...] | None, ...]
    """The shapes of its parts, None for one that is not known."""
    names: tuple[str, ...]
    """The variables that its parts are assigned to."""


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
    moved: str | None = None
    """For a name that the program imports, or takes from a module: the module that has it today."""
    written: str | None = None
    """What the program writes for it, where it is no import: `keras.layers.normalization.BatchNormalization`."""
    renamed: str | None = None
    """What is to be written instead of that."""
    setting: str | None = None
    """The setting of the layer of that name that makes it the one that is meant."""


class Learnt(NamedTuple):
    """What a layer was adapted to before it is called."""

    location: Location
    """Where the program adapts it."""
    columns: int
    written: str | None
    """What it writes there for the data."""
    others: Mapping[str, int]
    """The arrays of as many rows that it has at hand there: how many columns each has."""
