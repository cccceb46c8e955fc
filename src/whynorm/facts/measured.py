"""What was measured of the values that a norm got in this run, and what came out where its call was repeated."""

from typing import Literal, NamedTuple

from whynorm.facts.place import Location


class Variation(NamedTuple):
    """How much the values vary over which a norm takes its statistics."""

    statistics: int
    """How many statistics were taken."""
    constant: int
    """How many of them over values that are all the same."""
    levels: tuple[float, ...] = ()
    """Some of those values, each different, from the least to the largest."""
    channels: int = 0
    """How many channels came in, where the norm keeps them apart."""
    dead: tuple[int, ...] = ()
    """The channels that hold one and the same value in the whole batch."""
    erased: tuple[int, ...] = ()
    """The channels that hold one value in each sample, another in another one."""
    blank: tuple[int, ...] = ()
    """The samples all of whose statistics are constant, where each sample has its own."""
    deviation: float = 0.0
    """The median deviation of what does vary."""
    eps: float = 0.0
    """What the norm adds to a variance."""
    handed: float | None = None
    """The deviation of what was handed to the root; None where that is not of floating point."""
    repeated: bool = False
    """Whether it was the same in the calls that followed."""


class Padding(NamedTuple):
    """A batch whose samples end in padding, and what the padding does to a norm's result."""

    lengths: tuple[int, ...]
    """How many positions of each sample are real, as they came to the root."""
    size: int
    """The size of the axis that is filled up."""
    proof: str
    """What tells that it is padding: `lengths`, `mask`, `ids` or `zeros`."""
    sample: int
    """The sample that was looked at."""
    real: int
    """How many positions of it are real where the norm got it."""
    of: int
    """How many positions it has there."""
    effect: float
    """The mean difference of the sample's real positions from those without padding, in deviations of these."""
    alone: bool = True
    """Whether the sample was compared with itself alone, not with the real positions of the whole batch."""


class Precision(NamedTuple):
    """A norm asked again on the same values in float32."""

    dtype: str
    nonfinite: int
    """How many values of the result are NaN or infinite, and finite in float32."""
    of: int
    """How many values the result has."""
    constant: int = 0
    """How many are 0 and not so in float32."""
    difference: float = 0.0
    """The mean difference, in deviations of the result in float32."""
    largest: float = 0.0
    """The largest magnitude that came in."""
    eps: float | None = None
    """What the norm adds, as it was given."""
    eps_there: float | None = None
    """What that is in the type."""


class Seam(NamedTuple):
    """Two tiles that overlap, each passed through the network by itself, and compared where they show the same."""

    function: str
    """Who cuts the tiles: a library's function, or the program's own line."""
    tile: tuple[int, ...]
    whole: tuple[int, ...]
    """The spatial sizes."""
    difference: float
    """The mean difference in the middle of the overlap, in deviations of the output."""
    shared: float
    """The same with the first tile's statistics for both."""
    called: Location | None = None
    """The program's own line that cuts them, or has them cut."""


class Order(NamedTuple):
    """What seems to stand before a norm and to work against it."""

    kind: Literal["norm", "dropout", "last"]
    """`last`: nothing seems to come behind it."""
    shift: float | None = None
    """By what factor dropout raises the variance that the norm learns, in the mean over channels."""


class Columns(NamedTuple):
    """A table that one statistic is taken of in all: its columns by themselves."""

    of: int
    """So many columns there are."""
    deviations: tuple[float, float]
    """The smallest and the largest deviation of a column."""
    lost: int
    """So many columns deviate by less than a hundredth of what all of it does."""
    flat: tuple[int, ...] = ()
    """The columns that do not vary at all in what a layer was adapted to, and do in what it gets."""
    part: tuple[str, str] | None = None
    """What the program writes of the data that it was adapted to, where that is a part, and the whole."""


class Measured(NamedTuple):
    """All that was measured at one call."""

    variation: Variation | None = None
    padding: Padding | None = None
    precision: Precision | None = None
    seam: Seam | None = None
    order: Order | None = None
    columns: Columns | None = None
