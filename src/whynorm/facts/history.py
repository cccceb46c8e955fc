"""What became of one norm while a program ran: where it was called from, in which mode, and its statistics."""

from typing import Literal, NamedTuple

from whynorm.facts.place import Location

Result = Literal["used", "dropped", "shape"]
"""What the program does with what a call returns: anything, nothing at all, or looking at its shape."""


class Fixed(NamedTuple):
    """A mode that the program writes at the call of a layer inside of a network, whatever mode that is called in."""

    location: Location
    training: bool
    function: tuple[str, str, int] | None = None
    """The norm is a call of this function: its name, the argument that says the mode, and the position of that."""
    said: bool = True
    """Whether it is written there; else it is the function's default."""
    default_of: str | None = None
    """What is written there is a parameter of this function around it, which nobody passes."""

    @property
    def written(self) -> str:
        """What stands there."""
        return str(self.training) if self.default_of is None else "training"

    @property
    def fact(self) -> str:
        """How the mode comes to be what it is there."""
        if self.default_of is None:
            return f"training={self.training} is written there, whatever mode the network is called in"
        return f"training is a parameter of {self.default_of}() there, {self.training} by default, and it is not passed"


class Use(NamedTuple):
    """The calls of one norm that come from one place of the program, in one mode.

    Orders are counted in passes of the whole program, from 1; a backward pass belongs to the forward passes that
    recorded gradients since the one before.
    """

    training: bool
    """The norm's own mode."""
    grad: bool
    """Whether gradients were recorded."""
    root_training: bool
    """The mode of the network that the program calls."""
    called: Location
    """The line that calls the network."""
    callee: str | None
    """How the network is named there."""
    functions: tuple[str, ...]
    """The program's functions that it was called in, innermost first."""
    calls: int
    first: int
    last: int
    longest: int
    """So many passes one after the other, without a backward pass of the program between."""
    runs: int
    """So often it was come back to after a backward pass."""
    end_began: int
    """The order of the first pass of the last run, and with `end_calls` its length."""
    end_calls: int
    learnt: int
    """So many backward passes followed directly."""
    learnt_last: int
    """The order of the last pass that a backward pass followed directly; 0: none."""
    batches: tuple[int, int]
    """The smallest and the largest batch."""
    samples: int
    """So many samples altogether."""
    result: Result = "used"
    loop: Literal["data", "range", "none"] = "none"
    """The innermost loop around the call: over data, over numbers, or none."""
    recalibrates: bool = False
    """A library function whose very purpose it is to learn the statistics anew makes these calls."""
    frozen: bool = False
    """The norm has parameters, and none of them asked for gradients here."""
    moved: bool = False
    """Its parameters changed between these calls."""
    switched: Location | None = None
    """The line of the same function that put the network into training mode before."""
    mode: str | None = None
    """The argument of the call that says its mode, where there is one (Keras's `training`)."""
    in_step: bool = False
    """An optimizer is applied by the same compiled function, behind these calls, and to other weights."""
    compiled: bool = False
    """They were made where a function of the program was compiled: how often it ran is not known."""
    alone: bool = False
    """The norm is frozen, and other layers of the part that holds it are trained by these calls."""
    idle: bool = False
    """The network is called to be trained, and none of its weights is trainable."""
    fixed: Fixed | None = None
    """Where the program writes the mode inside of the network."""
    parts: tuple[str, ...] = ()
    """The largest parts of the network that is called there that are frozen and have norms with statistics."""
    modeless: Location | None = None
    """Where the network's own call is defined, if that takes no mode, and is handed none."""
    share: float | None = None
    """The share of each batch that the statistics took up in these calls, where it may be set between them (Keras)."""


class Gap(NamedTuple):
    """How far the statistics that inference uses lie from those of what it gets; measured on the norm's inputs."""

    mean: float
    """The distance of the means, in running deviations: the median over the channels."""
    ratio: float
    """The variance of what it got by the running variance: the median over the channels."""
    samples: int
    """On so many samples."""
    updates: int | None = None
    """So often the statistics had been updated by then, at the least; None where that is not counted."""


class Begun(NamedTuple):
    """Running statistics that began at 0 and 1 and have not settled; distances as in `Gap`, of all that came in."""

    steps: int
    """So often they were updated."""
    left: float
    """The share of the start that they still hold."""
    mean: float
    ratio: float


class Statistics(NamedTuple):
    """A norm's running statistics at the end."""

    initial: bool
    """They are still the 0 and 1 they were made with."""
    finite: bool
    updates: int | None
    """So often they were updated, where the norm counts it."""
    momentum: float | None
    gap: Gap | None = None
    """In inference."""
    scatter: float | None = None
    """How far the means of the batches lie from each other in training, in deviations: the median."""
    domains: float | None = None
    """How far the means of the batches of two places lie from each other, in deviations: the median."""
    rounded: tuple[float, float] | None = None
    """The running variance, and that of the batches, where the type is too coarse to take up the difference."""
    dtype: str = "float32"
    """The type of the statistics."""
    scaled: bool = False
    """The norm's scale and shift are not those that it was made with: they were learnt, or loaded."""
    begun: Begun | None = None
    apart: float | None = None
    """How far the means of samples, or of batches, lie from each other in inference, in deviations."""
    farthest: float | None = None
    """How far the mean of one batch lies from the running one in inference, in running deviations: the largest."""
    spread: float | None = None
    """How far the means of the samples of a batch lie from each other, in deviations: the median."""


class OneByOne(NamedTuple):
    """The variables of a norm are frozen one by one (Keras), which leaves the norm itself as it is."""

    location: Location
    """Where that is done, the loop over them included."""
    holder: str | None
    """How what holds them is named there."""


class Stale(NamedTuple):
    """A backward pass went through calls in inference mode whose statistics calls in training mode had moved since."""

    before: Use
    """In inference mode."""
    after: Use
    """In training mode."""
    scale: float
    """By what factor the gradient of the first was wrong: the median over the channels."""
    shift: float
    """How far the mean had moved, in deviations: the median over the channels."""


class Unregistered(NamedTuple):
    """A plain list or dictionary of layers that a module holds: they are no part of it."""

    location: Location
    """Where it is made."""
    owner: str
    """The module's class."""
    attribute: str
    written: str
    """The value, as it is written there."""
    container: str
    """What would make the layers a part of the module: `nn.ModuleList`."""


class Unheeded(NamedTuple):
    """A module's own `train(mode)` does not hand the mode on: `eval()`, which calls it, has no effect."""

    location: Location
    """The call of the method of the class above; where there is none, the first statement."""
    owner: str
    """The module's class."""
    written: str | None
    """That call, as it is written there; None where there is none."""
    heeding: str
    """The same with the mode handed on."""


class Assigned(NamedTuple):
    """A line of the program that changes a setting of layers that are already built."""

    location: Location
    name: str
    written: str
    """The value, as it is written there."""


class Exported(NamedTuple):
    """A network in training mode was written into a graph."""

    location: Location
    function: str
    """What did so: `torch.jit.trace`."""
    model: str | None
    """How the network is named there."""


class Data(NamedTuple):
    """What was handed to the network held NaN or infinity, for the first time in training mode."""

    after: int
    """In this pass of the network."""
    use: Use
    """The calls of the network that it was one of."""
    samples: int
    of: int
    """How many samples did, and of how many."""
    argument: str | None
    """What the program hands over there, where that is a name."""
    whole: bool = False
    """Of those samples no value is finite: as a division by a deviation of 0 leaves it."""


class Logarithm(NamedTuple):
    """A logarithm in the program's source of what may be 0, or a division by it."""

    location: Location
    written: str
    guarded: str
    """The same of what is no less than a small number."""


class Broken(NamedTuple):
    """How running statistics came to hold NaN or infinity."""

    norm: str
    """The path of the first norm of the network whose statistics do."""
    after: int | None
    """They did after this pass of the network, and not before; None where that was not seen."""
    norms: int
    """So many norms of the network are broken."""
    channels: tuple[int, int]
    """How many of the norm's channels are, and of how many."""
    dtype: str = "float32"
    """The type of the statistics, or of what they are taken over where that has fewer bits."""
    taken: str | None = None
    """The type of what the norm gets, where the statistics are of more bits and no weight is broken."""
    largest: float | None = None
    """The largest magnitude of what the program handed to the network, where it was looked at and is finite."""
    data: Data | None = None
    weights: str | None = None
    """The path of a parameter of the network that holds NaN or infinity at the end; the first one."""
    handed: bool = False
    """What the program handed to the network held NaN or infinity."""
    logarithm: Logarithm | None = None
    """The only one of the program that nothing keeps away from 0."""
    beyond: Logarithm | None = None
    """The only constant of the program that float16 cannot hold, where the norm computes in it."""
    policy: Logarithm | None = None
    """Where the program has all layers compute in float16, and the same for bfloat16."""
    inner: bool = False
    """The norm gets what other layers made of what the program handed over."""

    @property
    def overflown(self) -> bool:
        """Whether they were taken in float16, of data that are finite."""
        return self.data is None and "float16" in (self.dtype, self.taken)


class Renamed(NamedTuple):
    """A change of the names of saved weights: a prefix that is taken off, or put before, or a part that is replaced."""

    old: str
    new: str

    def of(self, name: str) -> str:
        """What a name becomes."""
        if not self.old:
            return self.new + name
        return name.replace(self.old, self.new) if self.new else name.removeprefix(self.old)

    @property
    def written(self) -> str:
        """The same in Python, of `name`."""
        if not self.old:
            return f"{self.new!r} + name"
        return f"name.replace({self.old!r}, {self.new!r})" if self.new else f"name.removeprefix({self.old!r})"


class Loaded(NamedTuple):
    """How a norm's state was loaded."""

    location: Location
    missing: bool
    """The running statistics were not among what was loaded."""
    norms: int
    """So many norms of the network lack them."""
    renamed: Renamed | None = None
    """By which change of names all that was missing would have been there."""
    saved: Location | None = None
    """The one line of the program that lists the parameters of a network alone, to save them."""
    passed: str = "strict=False"
    """What let it pass."""
    lacks: str | None = None
    """The setting without which the norm is built, though what was loaded was saved with it (Keras's `scale`)."""
    swapped: bool = False
    """What was set by hand is in another order: its running variance is none, it is below 0."""
    reordered: tuple[str, str] | None = None
    """What is written there, and what is in the right order."""


class Averaged(NamedTuple):
    """A loop of the program that writes the parameters of one network into another, and leaves out the buffers."""

    location: Location
    into: str
    """The network that is written to, as it is named there."""
    of: str
    whole: tuple[tuple[str, str], ...] = ()
    """What is written there for the parameters alone, and what would be all of the state."""
    several: bool = False
    """`of` are many: the buffers of each, as the program would write them behind the first: `*(c.buffers() for …)`."""
    elsewhere: tuple[tuple[Location, str, str], ...] = ()
    """What is written for the parameters alone, and what would be all of the state, where that is in several places."""


class Overruled(NamedTuple):
    """A network was called in inference mode to make a model of it, and that model runs it in training mode."""

    location: Location
    """The line that calls it so (`base(image, training=False)`)."""
    callee: str | None
    """How the network is named there."""
    use: Use
    """The calls in training mode."""
    thawed: tuple[Location, ...] | None
    """The lines that let it be trained; None where others may do so."""
    itself: bool
    """Whether it is the norm itself that is called so."""
    direct: bool
    """Whether the norm is one of its own layers, not of a part of it."""
    norm: str | None
    """How the file names the class of the norms."""


class History(NamedTuple):
    """What became of one norm."""

    uses: tuple[Use, ...]
    alike: int
    """So many norms of the network have the same history, this one included."""
    backwards: int
    """So many backward passes the program made altogether."""
    moved: bool
    """Whether weights of the network changed between its passes."""
    part: str | None
    """The path of the largest part around the norm whose parameters are all frozen."""
    adversary: bool
    """Whether another network is trained on what this one makes, and apart from it as well (as in a GAN)."""
    statistics: Statistics | None
    """None where the norm keeps none."""
    loaded: Loaded | None = None
    broken: Broken | None = None
    exported: Exported | None = None
    adapted: bool = False
    """It learns its statistics from data beforehand, and never from what it gets."""
    averaged: Averaged | None = None
    """Where its parameters may come from, if it never learnt."""
    dropout: str | None = None
    """The path of the network's first dropout, which drops in training only."""
    stale: Stale | None = None
    overruled: Overruled | None = None
    unregistered: Unregistered | None = None
    """It is no part of the network, and this holds it."""
    one_by_one: OneByOne | None = None
    unheeded: Unheeded | None = None
    """`eval()` does not reach it, for this is in between."""
    assigned: tuple[Assigned, ...] = ()
    """Where the program changed settings of the norm that count here, after it was built."""
    began: bool = False
    """Its statistics had been learnt elsewhere when it was first looked at."""
    replicas: int | None = None
    """Over how many processes or devices its batches are spread, each of which takes its own statistics."""

    @property
    def learnt_last(self) -> int:
        """The order of the last pass that a backward pass followed; 0: none."""
        return max((use.learnt_last for use in self.uses), default=0)
