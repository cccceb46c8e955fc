"""What every framework's room does: turn a live model, or an exception, into cases."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from whynorm.facts import Case
from whynorm.report import Framework, Outcome


class Found(NamedTuple):
    """A case, and the symptom that it shows."""

    symptom: str
    case: Case


class Followed(NamedTuple):
    """What was seen along one forward pass."""

    framework: Framework
    outcome: Outcome
    found: tuple[Found, ...] = ()
    """In the order in which they strike."""
    unknown: str | None = None
    """What could not be followed."""


class Room(Protocol):
    """One framework."""

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
