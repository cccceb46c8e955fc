"""Which input sizes a network takes: conditions on unknown sizes, found by symbolic runs and put to the framework."""

from whynorm.sizing.ask_model import sizes
from whynorm.sizing.found import Sizes

__all__ = ["Sizes", "sizes"]
