"""What every framework's room does: turn a live model, or an exception, into facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from whynorm.facts import Call, Frame, Raised, Trace, Trial
from whynorm.facts.case import Configured
from whynorm.report import Framework, Outcome


class Live(NamedTuple):
    """A pass that can be made again: the root, and what it was called with. For as long as it is looked into only."""

    root: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    training: bool | None
    """The mode asked for; None: the one that the root is in."""


class Followed(NamedTuple):
    """What was seen along one forward pass."""

    framework: Framework
    outcome: Outcome
    trace: Trace
    """Its calls; the ones that raise carry `raised`, in the order in which they strike."""
    raised: Raised | None = None
    """What the pass as a whole raised, for a reason that may lie outside of every call."""
    frames: tuple[Frame, ...] = ()
    """The frames of a live exception, outermost first."""
    hints: Mapping[str, object] = {}
    """What else is known: keys are listed at `Case.hints`."""
    trial: Callable[[Call], Trial] | None = None
    """How changes are tried for one call in doubt."""
    unknown: str | None = None
    """What could not be followed."""
    symptoms: tuple[str, ...] | None = None
    """The only ones that it is followed for; None: all."""
    live: Live | None = None
    configured: Configured | None = None
    """The edit that has the program build its network with one value of its configuration in place of another."""
    """The pass itself, where the sizes that its root takes can be asked for."""


class Ahead(NamedTuple):
    """What a program is on its way to: a batch that is still to come, in a pass over a loader."""

    key: tuple[object, ...]
    loader: int
    """Its `id`."""
    follow: Callable[[], Followed]
    """Follows the pass of that batch, now or never; `ahead` is among its hints."""
    later: Callable[[Callable[[], None]], None]
    """Has something done once, if the pass goes on for a while; it must raise nothing."""


class Listener(Protocol):
    """Who is told what is observed of a running program. It must raise nothing, and keep no live object."""

    def failed(self, exception: Exception, follow: Callable[[], Followed | None]) -> None:
        """An exception leaves a layer's call; `follow` follows it again, now or never."""

    def ended(self, exception: BaseException) -> None:
        """A thread, or a child process, ends by this exception."""

    def called(self, call: Call, follow: Callable[[], Followed | None]) -> None:
        """A norm is called as it was not before; `follow` follows the pass that it stands in, now or never."""

    def faulted(self, error: Exception) -> None:
        """Something of ours went wrong, and the program goes on."""

    def at_end(self, seen: Callable[[], Iterable[Followed]]) -> None:
        """`seen()` gives, at the end of what is listened to, the passes of which something shows only then."""

    def foreseen(self, look: Callable[[], Ahead | None]) -> None:
        """A norm in training mode is called as it was not before; `look` says where this leads, now or never."""

    def arrived(self, loader: int) -> None:
        """A pass over the loader of this `id` came to its end, without an error."""


class Room(Protocol):
    """One framework."""

    @property
    def name(self) -> str:
        """The name of its module: `torch`."""

    def owns(self, target: object) -> bool:
        """Whether the target is of this framework."""

    def follow(
        self, target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None
    ) -> Followed:
        """Follow the shapes through the target, by shapes alone.

        Inputs are as `whynorm.check` takes them: shapes, arrays, `(shape, dtype)` pairs, containers of these.
        """

    def crash(self, exception: BaseException) -> Followed | None:
        """Follow again what raised this exception; None if it is none of ours."""
