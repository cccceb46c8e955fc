"""whynorm: why does this normalization layer fail, or silently do the wrong thing, and what change makes it right?

Importing it loads no framework and costs milliseconds.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whynorm.check import check
    from whynorm.live import explain, install, watch
    from whynorm.report import Report
    from whynorm.sizing import Sizes, sizes
    from whynorm.why import why

__version__ = "0.1.0"

__all__ = ["Report", "Sizes", "check", "explain", "install", "sizes", "watch", "why"]

_HOMES = {
    "Report": "whynorm.report",
    "Sizes": "whynorm.sizing",
    "check": "whynorm.check",
    "explain": "whynorm.live",
    "install": "whynorm.live",
    "sizes": "whynorm.sizing",
    "watch": "whynorm.live",
    "why": "whynorm.why",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "keras":
        return import_module("whynorm.keras")
    if name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'whynorm' has no attribute {name!r}")


class _Package(type(sys)):  # type: ignore[misc]
    """This package: importing the module `whynorm.why` must not hide the function `whynorm.why`."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _HOMES or not isinstance(value, type(sys)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
