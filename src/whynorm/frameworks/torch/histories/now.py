"""What is going on in a running program: the pass that is being made, and what came before it."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import TYPE_CHECKING

from torch import nn

from whynorm.frameworks.torch.histories.noted import NOBODY, ROOTS, TALLIES, Kept, Place, Root

if TYPE_CHECKING:
    from whynorm.frameworks.torch.histories.stale import Doubted

MOST_ROOTS = 64
"""So many networks are noted."""


class _Now:
    """What is going on."""

    last: object = NOBODY
    """The norm that was called last."""
    place: Place | None = None
    """Where the pass that it stood in was called; None where it is not noted."""
    call: object = None
    """What tells its pass from others: the keywords of the call of the network, where there are none; else None."""
    top = 0
    """The number of that call's frame."""
    sampling = False
    roots = 0
    unexplained = 0
    """So many backward passes came without a pass of a noted network before them."""
    clock = 0
    """So many passes were made."""
    backwards = 0
    window: list[Place] = []
    """The places that called a network with gradients recorded, since the last backward pass."""
    doubts: list[Doubted] = []
    """The passes since the last backward pass of which one may have moved what another goes backwards with."""
    places: list[Place] = []
    exported: list[Root] = []
    doubt: Callable[[Place, types.FrameType], Kept | None] = staticmethod(lambda place, frame: None)


NOW = _Now()


def begin(doubt: Callable[[Place, types.FrameType], Kept | None]) -> None:
    """Begin to note. `doubt(place, frame)` is asked to look at a pass that may be in the wrong mode while it runs."""
    forget()
    NOW.doubt = doubt


def forget() -> None:
    """Forget all that was noted."""
    TALLIES.clear()
    ROOTS.clear()
    NOW.last, NOW.place, NOW.sampling, NOW.clock, NOW.backwards, NOW.roots = NOBODY, None, False, 0, 0, 0
    NOW.unexplained = 0
    NOW.window, NOW.doubts, NOW.places, NOW.exported = [], [], [], []


def root_of(module: nn.Module) -> Root | None:
    """What is noted of a network; None where there are too many."""
    root = ROOTS.get(id(module))
    if root is None and NOW.roots < MOST_ROOTS:
        NOW.roots += 1
        root = ROOTS[id(module)] = Root(module)
    return root


def roots() -> list[Root]:
    """The networks that were called, in the order of their first calls."""
    return list(dict.fromkeys((*(place.root for place in NOW.places), *NOW.exported)))
