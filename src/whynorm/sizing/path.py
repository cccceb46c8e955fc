"""What is known of the network from its runs: plain data, whichever framework ran it."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from whynorm.sizing.expression import Expression

Sizes = Mapping[str, int]
Shape = tuple[int, ...]


class OutOfTime(BaseException):
    """A run takes longer than it may. No model's own handlers are to catch it, so it is no `Exception`."""


class Ran(NamedTuple):
    """One run at given sizes."""

    passed: bool | None
    """None: what happens could not be known."""
    position: int
    """How many operations were begun: the last one is the one that raised, if one did."""
    events: tuple[tuple[str, tuple[Shape, ...]], ...] = ()
    """Each operation's name and the shapes that it gave."""
    outputs: tuple[Shape, ...] = ()
    unknown: str | None = None


class Guard(NamedTuple):
    """A decision on sizes that the network's run made, in the form in which it held."""

    expression: Expression
    position: int
    """At which operation it was made, counted as in `Ran.position`."""
    number: bool = False
    """Whether a size was made a plain number there: what follows is known for that number alone."""


class Path(NamedTuple):
    """One symbolic run: every size at which all guards hold goes the same way."""

    at: Sizes
    """The sizes at which it ran."""
    guards: tuple[Guard, ...]
    passed: bool
    position: int
    events: tuple[tuple[str, tuple[tuple[int | Expression, ...], ...]], ...] = ()
    outputs: tuple[tuple[int | Expression, ...], ...] = ()
    guessed: bool = False
    """Whether a decision by the values of tensors, which nobody knows, was taken for granted on the way."""
    gathered: bool = False
    """Whether places are looked up by values that nobody knows, and may lie out of range."""

    @property
    def unsure(self) -> str | None:
        """What was taken for granted on the way."""
        if self.guessed:
            return "it decides by the values of its tensors, which nobody knows"
        return "it looks up places by values (torch.gather), which may lie out of range" if self.gathered else None

    @property
    def guards_text(self) -> tuple[str, ...]:
        """The guards as texts, in their order."""
        return tuple(guard.expression.source for guard in self.guards)


class Runner(Protocol):
    """A network that can be asked at sizes."""

    guess: bool | None
    """What every run takes a decision by unknown values to be; None: the framework is asked with real ones."""

    @property
    def mode(self) -> str | None:
        """`training` or `inference`; None where there is no such thing, or some of both."""

    def otherwise(self) -> "Runner | None":
        """The same network in the other mode; None where there is no such thing."""

    def run(self, sizes: Sizes) -> Ran:
        """What the framework does at these sizes, by shapes alone."""

    def follow(self, sizes: Sizes, *, guess: bool = False) -> Path | None:
        """The path that these sizes take, with its guards; None where it cannot be followed symbolically.

        What is decided by values that nobody knows is taken to be as guessed.
        """
