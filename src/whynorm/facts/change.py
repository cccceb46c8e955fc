"""Changes that a remedy proposes: what to try on the live model, and what to write into the source.

A `Change` says in a framework's absence what is to be different; the framework's room carries it out on a copy
and runs again. An `Edit` says the same for the source; `whynorm.fixes` turns it into a patch.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from whynorm.facts.origin import Origin
from whynorm.facts.place import Location

LARGER = 16
"""A batch with which one that is too small is replaced, to try it."""


class Feed(NamedTuple):
    """The root gets its input number `input` (or the keyword of that name) in another shape or dtype."""

    input: int | str
    shape: tuple[int, ...]
    dtype: str | None = None


class Vary(NamedTuple):
    """The root's input number `input` (or the keyword of that name) holds values between 0 and 1, all different."""

    input: int | str


class Relearn(NamedTuple):
    """The running statistics of a norm are learnt anew, by a plain average over batches.

    `each` as it came; `apart`: by a norm of its own for each place of the program; `together`: in one batch with those
    of the other places; `copied`: they are those of the network that learns, at the same path.
    """

    batches: Literal["each", "apart", "together", "copied"] = "each"


class Rekey(NamedTuple):
    """The names of weights that are loaded become others: a prefix less, a prefix more, or a part replaced."""

    old: str
    new: str


class Renew(NamedTuple):
    """Between two passes of the layer at `path` its buffers become new tensors, where they were written into."""

    path: str
    buffers: tuple[str, ...]


class Transform(NamedTuple):
    """A tensor is transformed before it is used: `unsqueeze`, `squeeze`, `permute`, `transpose`, `flatten`, `to`.

    At the root's input number `input` when `path` is None, else at the input of every call of the layer at `path`.
    """

    operation: str
    arguments: tuple[object, ...]
    input: int | str = 0
    path: str | None = None
    back: bool = False
    """With a `path`: the layer's output is transformed back (a `permute` or `transpose` undone, an axis dropped)."""


class Rebuild(NamedTuple):
    """The layer at `path` is built anew: as another type, with some settings changed."""

    path: str
    type: str | None = None
    arguments: Mapping[str, object] = {}


class Remove(NamedTuple):
    """The layer at `path` is left out: its input passes through."""

    path: str


class Mode(NamedTuple):
    """The layer at `path` and all below it are put into training or inference mode."""

    training: bool
    path: str = ""


class Recall(NamedTuple):
    """The calls of a function in the `forward` of the layer at `path`, on inputs of this shape, get other arguments.

    `arguments` is None where they are left out: the first input passes through.
    """

    function: str
    """Its name, without a module's."""
    path: str
    shape: tuple[int, ...]
    arguments: Mapping[str, object] | None = None


class Reduce(NamedTuple):
    """What the program's own code reduces over just these axes, it reduces over all from `first` on."""

    axes: tuple[int, ...]
    first: int


class Adapt(NamedTuple):
    """In the `forward` of the layer at `path`, one input of an operation comes in another shape.

    As a layer put before it would make it, `layer` where the model has one: of the calls of `function` (as a `Call`
    names it) on inputs of these shapes, the input number `branch`.
    """

    function: str
    path: str
    shapes: tuple[tuple[int, ...], ...]
    branch: int
    shape: tuple[int, ...]
    layer: str | None = None
    """Its path; it is called on the input, and has to give that shape."""


class Meet(NamedTuple):
    """In the `forward` of the layers at `paths`, one input of a sum or concatenation is resized to the other's sizes.

    Of the calls of `function` (as a `Call` names it) on two inputs, the input number `branch`, all axes but the batch
    and the channels.
    """

    function: str
    paths: tuple[str, ...]
    branch: int


class Resize(NamedTuple):
    """Parameters and buffers that the layer at `path` holds by these names have other shapes."""

    path: str
    shapes: Mapping[str, tuple[int, ...]]


class Split(NamedTuple):
    """The layer at `path` is one of its own for each number of channels that it gets."""

    path: str


class Say(NamedTuple):
    """What the layer at `path` gives is known to be of this shape, an open size in the place of one that is not."""

    path: str
    shape: tuple[int, ...]


class Supply(NamedTuple):
    """What is looked for by this name is taken from a module: a class for a layer of a file, or an import."""

    name: str
    module: str
    """The program's own is `__main__`, whatever its file."""


Change = (
    Split
    | Supply
    | Say
    | Feed
    | Vary
    | Relearn
    | Rekey
    | Renew
    | Transform
    | Rebuild
    | Remove
    | Mode
    | Recall
    | Reduce
    | Adapt
    | Meet
    | Resize
)


class Argument(NamedTuple):
    """The argument `keyword` (or at `position`) of the call of `callee` on this line."""

    location: Location
    callee: str
    keyword: str | None
    position: int | None


class SetArgument(NamedTuple):
    """In the call of `callee` on this line, the argument `keyword` (or at `position`) becomes `value`, source text.

    Where the argument is a variable, the edit lands where its value was written, as far as that changes nothing
    else. In a value such as `2 * {}` the `{}` stands for what the argument was. `like` names an argument of a
    neighbouring layer with the right value: what stands there is written instead of `value` where both stand in one
    scope (`nn.BatchNorm2d(outer)` after `nn.Conv2d(inner, outer, 3)`).
    """

    location: Location
    callee: str
    keyword: str | None
    position: int | None
    value: str
    like: Argument | None = None
    was: object = None
    """The value that it has, where it is known: `width * 2` becomes `width` where that is the right one."""
    apart: bool = False
    """Only where what is written there makes no other tensor of its function: labels have the sizes of images. The
    same call written once more in that function is changed with it."""
    absent: bool = False
    """It is not among what the call is given, a dictionary's entries included."""


class SetTogether(NamedTuple):
    """Several arguments get one value: by the variable that gives it to all of them, where there is such a one."""

    arguments: tuple[SetArgument, ...]
    alone: bool
    """Whether there has to be one place from which all of them come."""


class Drop(NamedTuple):
    """In the one call on this line that is given the argument `keyword` as this value, it is left out."""

    location: Location
    keyword: str
    value: str


class Omit(NamedTuple):
    """In the call of `callee` on this line, the argument at `position` is left out: what it sets has a default.

    Where it stands there by its name, the edit is `otherwise`.
    """

    location: Location
    callee: str
    position: int
    otherwise: SetArgument


class SetSize(NamedTuple):
    """Parameters and buffers that a module makes for itself have the size `value` where they had the size `was`."""

    location: Location
    """Where the module is built."""
    type: str
    """The module's class."""
    names: tuple[str, ...]
    was: int
    value: int


class Rename(NamedTuple):
    """The call of `callee` on this line becomes one of `name`, a name of the same module; the user's prefix stays.

    `arguments`, where given, stand in the place of those that were there: `Identity` with none of them takes a
    layer out.
    """

    location: Location
    callee: str
    name: str
    arguments: str | None = None
    number: int | None = None
    """The one number that the call was given, where it is to be handed on: of `arguments` it is the value that is this
    number."""


class Replace(NamedTuple):
    """The expression `old` on this line becomes `new`, both source text."""

    location: Location
    old: str
    new: str
    imports: str | None = None
    """The module that `new` needs to be imported."""


class SetText(NamedTuple):
    """At this place of a file, whatever it is written in, `old` becomes `new`; no other edit goes with it."""

    location: Location
    old: str
    new: str


class Wrap(NamedTuple):
    """In the call of `callee` on this line, an argument is transformed: `{}` in `template` stands for what it was.

    `model(image)` becomes `model(image.unsqueeze(0))` by the template `{}.unsqueeze(0)`; `argument` is its position,
    or its keyword, where a tuple that is written there stands for its first part; "self" is the tensor whose method is
    called, the first argument of a module's function. `result` does the same to what the call returns.
    """

    location: Location
    callee: str
    argument: int | str
    template: str
    result: str = "{}"
    simple: tuple[str, str] | None = None
    """`template` and `result` for an argument that may well be written more than once: no call is in it. In `result`
    it stands as `{argument}`."""


class Enclose(NamedTuple):
    """In the call of `callee` on this line, a layer of Keras takes the callee: `layers.TimeDistributed(encoder)(x)`.

    Where the callee is an attribute of `self`, what is assigned to that.
    """

    location: Location
    callee: str
    layer: str


class Behind(NamedTuple):
    """Behind the input of a Keras model that is built on this line stands a layer: `Permute((2, 3, 1))`."""

    location: Location
    layer: str
    arguments: str


class Declare(NamedTuple):
    """The input of a Keras model that is built on this line has other sizes, and what is made by the same variables."""

    location: Location
    sizes: Mapping[int, tuple[int, int]]
    """By the axis, the batch aside, from 0: the size that it had, and the one that it gets."""


class Ensure(NamedTuple):
    """What the function that is defined on this line returns is said to be of a shape, None for a size that is open."""

    location: Location
    shape: tuple[int | None, ...]


class OpenEnd(NamedTuple):
    """In the function that is defined on this line, the slice that ends a number before the end ends there for 0 too.

    `x[:, :-lead]` becomes `x[:, :-lead or None]`.
    """

    location: Location


class Unwrap(NamedTuple):
    """The call of `callee` on this line becomes what its first argument is."""

    location: Location
    callee: str
    result: bool = False
    """It is what `callee` returns that is called: `norm("first")(x)`."""


class FromAxis(NamedTuple):
    """The axes over which `callee` reduces on this line become all from `first` on, however many there are.

    So do the same axes in the other reductions of the function around it.
    """

    location: Location
    callee: str
    axes: tuple[int, ...]
    first: int


class WrapOperand(NamedTuple):
    """In the sum on this line, or the list that is concatenated there, one operand is transformed as in `Wrap`."""

    location: Location
    branch: int
    """Its number, from 0."""
    template: str
    operator: str | None = None
    """`*`, to tell several sums on the line apart."""


class ToSize(NamedTuple):
    """In the sum on this line, or the list that is concatenated there, one operand is resized to the other's sizes."""

    location: Location
    branch: int
    """The number of the operand that is resized, from 0; the other one is written with no call in it."""
    layer: str | None = None
    """A layer of Keras that does it, `Resizing`; without, a function of PyTorch's does."""
    positions: tuple[int, int] = (2, -1)
    """The first and the last axis of positions."""


class Project(NamedTuple):
    """An operand of the sum on this line passes through a layer of its own, which the constructor is to build.

    A convolution over single positions (or a linear layer), of the `type` of the layers on the other way: from what
    `first` takes to what `last` gives, in steps of `strides`. `first` is None where a constructor is not told what
    comes in. Where those layers are called as they are built, so is this one.
    """

    location: Location
    branch: int
    type: str
    first: Argument | None
    last: Argument
    strides: tuple[Argument, ...] = ()


class Carry(NamedTuple):
    """In the loop around the call of `callee` on this line, a variable gets its value for the next round.

    The variable that is given as `keyword` (or at `position`) becomes, at the end of each round, what the layer of
    `like` is built with there.
    """

    location: Location
    callee: str
    keyword: str
    position: int | None
    like: Argument


class AddParameter(NamedTuple):
    """The function that is defined on this line, or below its decorators there, takes one more argument."""

    location: Location
    name: str
    default: str


class ImportFrom(NamedTuple):
    """The `from … import` statement on this line takes its names from another module."""

    location: Location
    module: str


class Unflag(NamedTuple):
    """The call through which the layer `type` on this line is built is told not to build it.

    By the argument of its function that decides so: `downsample(64)` becomes `downsample(64, norm=False)`.
    """

    location: Location
    type: str
    otherwise: "Insert | None" = None
    """What is done where no argument decides so."""


class Insert(NamedTuple):
    """A statement is put before (or after) the statement on this line, indented as it is."""

    location: Location
    statement: str
    after: bool = False


class Infer(NamedTuple):
    """The call of the model `callee` on this line is made in inference mode.

    `callee.eval()` is put before the loop around the call, and `callee.train()` behind it where an outer loop goes on
    to train; a `callee.train()` that the program runs right before is made an `eval`. `trains` is the call that trains
    the same model afterwards, in another function: there `train()` is put before it where nothing does so yet.
    """

    location: Location
    callee: str
    trains: "Ready | None" = None


class Ready(NamedTuple):
    """A statement about the model `callee` is put before the loop over data around its call on this line.

    Right before the call where that loop goes over steps or epochs, and switches the mode itself.
    """

    location: Location
    callee: str
    statement: str


class Thread(NamedTuple):
    """What the call of `callee` on this line hands out second goes in again the next time, as its argument `position`.

    Where a transformation (`jax.value_and_grad`) calls the function around it, and hands that on as an auxiliary
    output, the variable is that of the function that calls the transformed one.
    """

    location: Location
    callee: str
    position: int


class Arrange(NamedTuple):
    """A root's input is transformed where the program makes it: `operation` and `arguments` as in `Transform`.

    They are those that the root's input would need; what is written stands where the axes came to be as they are, on
    as many axes as the tensor has there, in the words of the array that it is there (`.transpose(2, 0, 1)` for
    NumPy). An index or a `squeeze` that dropped the axis is taken back instead.
    """

    origin: Origin
    operation: str
    arguments: tuple[object, ...]
    at_call: bool = True
    """Whether it may stand where the root is called: what is handed over there is a tensor, and one of PyTorch's."""
    otherwise: Wrap | None = None
    """What is done where nothing on the way can be changed."""


Edit = (
    SetArgument
    | Drop
    | Omit
    | SetTogether
    | SetSize
    | Rename
    | Replace
    | SetText
    | Wrap
    | FromAxis
    | WrapOperand
    | ToSize
    | Project
    | Carry
    | AddParameter
    | Unflag
    | ImportFrom
    | Unwrap
    | Enclose
    | Ensure
    | Behind
    | Declare
    | OpenEnd
    | Insert
    | Infer
    | Ready
    | Thread
    | Arrange
)
