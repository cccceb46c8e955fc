"""The passes that the program makes over its data loaders: how often each was begun, and which are under way.

Like the norms' calls they are seen from inside of torch's own code (`weave`); a batch in between costs nothing.
"""

import sys
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from torch.utils.data import DataLoader
from torch.utils.data.dataloader import (
    _BaseDataLoaderIter,
    _MultiProcessingDataLoaderIter,
    _SingleProcessDataLoaderIter,
)

from whynorm.frameworks.torch import weave
from whynorm.frameworks.torch.versions import uncompiled

Loader: TypeAlias = DataLoader[Any]


A_WHILE = 10.0
"""Seconds after which a pass is a long one."""


class Passes:
    """Those over one loader."""

    __slots__ = ("begun", "ended", "held", "iterator", "loader")

    def __init__(self, loader: Loader) -> None:
        number = id(loader)
        self.loader = weakref.ref(loader, lambda _: _passes.pop(number, None))
        self.begun = 0
        """How many."""
        self.ended = False
        """Whether the last one came to its end."""
        self.iterator: Callable[[], object] = lambda: None
        """That of the last one, while it lives."""
        self.held: Loader | None = None
        """The loader, as long as the iterator lives: a loop over `make_loader()` holds nothing else."""


_passes: dict[int, Passes] = {}
_at_end: list[Callable[[int], None]] = []


def install(at_end: Callable[[int], None]) -> list[weave.Undo | None]:
    """See each pass from now on; `at_end` gets the `id` of a loader of which all batches were taken."""
    _at_end.append(at_end)
    return [
        weave.at_call(DataLoader.__iter__, ("self",), _begun),
        weave.at_call(_BaseDataLoaderIter.__init__, ("self", "loader"), _made),
        weave.on_error(_BaseDataLoaderIter.__next__, _left),
        lambda: _at_end.remove(at_end),
    ]


def of(loader: Loader) -> Passes | None:
    """The passes over this loader, if one was seen."""
    return _passes.get(id(loader))


def under_way() -> Iterator[Loader]:
    """The loaders over which a pass is under way, the one begun last first."""
    for passes in reversed(list(_passes.values())):
        loader = passes.loader()
        if loader is not None and not passes.ended and passes.iterator() is not None:
            yield loader


def _begun(loader: Loader) -> None:
    passes = _passes.pop(id(loader), None) or Passes(loader)
    passes.begun += 1
    passes.ended = False
    _passes[id(loader)] = passes


def _made(iterator: object, loader: Loader) -> None:
    passes = _passes.get(id(loader))
    if passes is not None:
        passes.iterator = weakref.ref(iterator, lambda _: _gone(passes))
        passes.held = None if loader.persistent_workers else loader


def _gone(passes: Passes) -> None:
    passes.held = None


@uncompiled
def _left() -> None:
    """An exception is leaving an iterator: its end, or an error."""
    if not isinstance(sys.exc_info()[1], StopIteration):
        return
    iterator = sys._getframe(2).f_locals.get("self")
    for number, passes in list(_passes.items()):
        if passes.iterator() is iterator:
            passes.ended = True
            for told in _at_end:
                told(number)


def later(told: Callable[[], None]) -> None:
    """Have `told()` called when a batch is taken from any loader a while from now, once."""
    due = time.monotonic() + A_WHILE
    woven: list[weave.Undo | None] = []

    def taken() -> None:
        if time.monotonic() >= due:
            while woven:
                undo = woven.pop()
                if undo is not None:
                    undo()
            told()

    for kind in (_SingleProcessDataLoaderIter, _MultiProcessingDataLoaderIter):
        woven.append(weave.at_call(kind._next_data, (), taken))
