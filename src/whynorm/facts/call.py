"""One call of a layer or an operation, as it was made or as it would be made."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from whynorm.facts.error import Raised
from whynorm.facts.history import History
from whynorm.facts.measured import Measured
from whynorm.facts.place import Location
from whynorm.facts.reading import Reading

Role = Literal[
    "norm", "conv", "transposed-conv", "pool", "global-pool", "pad", "upsample", "linear", "join", "add",
    "reshape", "axes", "slice", "embedding", "attention", "recurrent", "activation", "dropout", "reduce", "other",
]  # fmt: skip
"""What a call does to shapes. `join` concatenates or stacks, `add` is any arithmetic of two tensors that must
agree, `reshape` regroups sizes (view, flatten), `axes` moves, adds or drops axes (permute, squeeze, unsqueeze)."""


class Open(int):
    """A size that is left open (Keras's None). As a number it is none in particular, and larger than most."""

    def __new__(cls) -> "Open":
        return super().__new__(cls, 97)

    def __repr__(self) -> str:
        return "None"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("None", spec)


class Value(NamedTuple):
    """A tensor on its way through the network."""

    id: int
    """The same number for the same tensor; 0 where its identity is not known."""
    shape: tuple[int, ...]
    dtype: str
    """The framework's own short name: `float32`."""


class Held(NamedTuple):
    """What the module whose `forward` makes a call holds itself."""

    type: str
    """The module's class."""
    built: Location | None
    """Where it is built."""
    tensors: Mapping[str, Value]
    """Its own parameters and buffers by name."""
    idle: tuple[str, ...] = ()
    """The names of its own layers that had not been called by then."""


class Torn(NamedTuple):
    """A reshape that gave the right sizes, and filled the axis for the channels with values of several positions."""

    axis: int
    """The axis that held the channels before it."""
    order: tuple[int, ...]
    """The order of the axes from which it would have kept them together."""


class Call(NamedTuple):
    """One call of a layer or of an operation. A text gives only part of it."""

    type: str
    """The layer's class (`InstanceNorm2d`), or the operation as the user writes it (`torch.cat`)."""
    role: Role = "other"
    path: str | None = None
    """The layer's path in the model; for an operation, that of the module whose `forward` makes the call."""
    built_as: str = ""
    """How the layer was built, by its settings: `InstanceNorm2d(512)`."""
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()
    arguments: Mapping[str, object] = {}
    """The settings by name, as plain numbers, tuples, texts: `{"kernel_size": (3, 3), "stride": (2, 2)}`."""
    reading: Reading | None = None
    """For a norm."""
    training: bool | None = None
    location: Location | None = None
    """The user's innermost line at the call."""
    built: Location | None = None
    """Where the layer is built."""
    raised: Raised | None = None
    expected: tuple[int, ...] | None = None
    """The first input's shape that the layer would take, where it raised and one such shape is known."""

    ranks: tuple[int, ...] = ()
    """The ranks that the layer takes, where they are known: `(3, 4)` for a convolution over two axes."""

    channel_axis: int | None = None
    """The axis of the first input that holds its channels, where a setting says so (Keras's `data_format`), for a
    norm where those around it say so; None: where the framework always has them, after the batch."""

    written: Mapping[str, tuple[str, int | None]] = {}
    """How the layer's constructor takes a setting: its own name for it and the position; for those that are not here
    it is as the rules call them."""

    torn: Torn | None = None
    """For a norm whose channels a reshape before it mixed with positions."""

    regrouped: bool = False
    """For a norm of a program that runs: whether the program's own code regroups sizes in the network around it."""

    biased: bool = False
    """For a norm of a program that runs: whether a layer with a bias is built right before a norm of its network."""

    measured: Measured | None = None
    """What was measured of the values that came in, for a norm of a program that ran."""

    history: History | None = None
    """What became of a norm while a program ran, where it has ended."""

    named: tuple[str, ...] = ()
    """What the program calls a norm where it builds it: the variable, the function and the class around it."""

    axes: tuple[Location, str] | None = None
    """Where the program's own class of a norm writes the axes that it averages over, and how."""

    body: Location | None = None
    """Where the program defines what a layer of its own does: the line of the `def`."""

    forced: Location | None = None
    """For a norm whose own call says `training=True`, whatever mode the network is in: where that is written."""

    held: Held | None = None
    """For an operation that raised: what it could have been given of the module around it."""

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The first input's shape."""
        return self.inputs[0].shape if self.inputs else None

    def spelled(self, setting: str) -> str:
        """The constructor's own name for a setting."""
        return self.written[setting][0] if setting in self.written else setting

    @property
    def name(self) -> str:
        """What a message calls it: how it was built, or its type."""
        return self.built_as or self.type
