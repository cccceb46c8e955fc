"""A recorded call, whose descriptive facts are worked out when they are asked for."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from whynorm.facts import Call, Held, Location, Raised

_dtypes: dict[torch.dtype, str] = {}


def dtype_name(dtype: torch.dtype) -> str:
    """torch's own short name of a type: `float32`."""
    found = _dtypes.get(dtype)
    if found is None:
        found = _dtypes[dtype] = str(dtype).removeprefix("torch.")
    return found


def raised_of(exception: BaseException) -> Raised:
    """The exception as a fact: its type's name and its whole message."""
    return Raised(type(exception).__name__, str(exception))


class NeedsValues(BaseException):
    """The pass needs values that abstract tensors do not have. Not an Exception: no `except` of a model sees it."""


class Later:
    """A fact that is worked out when it is asked for, once."""

    __slots__ = ("_given", "_known", "_make")

    def __init__(self, make: Callable[..., Any], *given: Any) -> None:
        self._make: Callable[..., Any] | None = make
        self._given = given
        self._known: Any = None

    def get(self) -> Any:
        """The fact."""
        if self._make is not None:
            self._known = self._make(*self._given)
            self._make, self._given = None, ()
        return self._known


_HELD = Call._fields.index("held")


class Recorded(Call):
    """A call whose descriptive facts are worked out when they are asked for: most are never read."""

    __slots__ = ()

    @property
    def built_as(self) -> str:
        """How the layer was built."""
        return str(_now(self[3]))

    @property
    def arguments(self) -> Mapping[str, object]:
        """The settings by name."""
        found: Mapping[str, object] = _now(self[6])
        return found

    @property
    def location(self) -> Location | None:
        """The user's innermost line at the call."""
        found: Location | None = _now(self[9])
        return found

    @property
    def built(self) -> Location | None:
        """Where the layer is built."""
        found: Location | None = _now(self[10])
        return found

    @property
    def held(self) -> Held | None:
        """What the module around the call holds."""
        found: Held | None = _now(self[_HELD])
        return found


def _now(value: Any) -> Any:
    return value.get() if type(value) is Later else value
