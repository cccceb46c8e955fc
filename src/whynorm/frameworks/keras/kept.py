"""First, do no harm: what Keras builds, counts and draws while a model is followed is undone."""

import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras.src.backend.common import global_state
from keras.src.ops.operation import Operation


@contextmanager
def kept(*roots: object) -> Iterator[None]:
    """Leave these layers, Keras's global state, random states and warnings filters as they were."""
    states = [Kept(root) for root in (*roots, vars(global_state.GLOBAL_STATE_TRACKER))]
    drawn = random.getstate()
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    numpy_drawn = numpy.random.get_state() if numpy is not None else None
    torch_drawn = torch.random.get_rng_state() if torch is not None else None
    try:
        with _unwarned():
            yield
    finally:
        for state in states:
            state.restore()
        random.setstate(drawn)
        if numpy is not None:
            numpy.random.set_state(numpy_drawn)
        if torch is not None:
            torch.random.set_rng_state(torch_drawn)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Nothing is warned of inside.

    Filters of warnings are left alone: where they change, Python says again what it has said once.
    """
    known = warnings.warn, warnings.warn_explicit
    warnings.warn = warnings.warn_explicit = _silent
    try:
        yield
    finally:
        warnings.warn, warnings.warn_explicit = known


def _silent(*args: Any, **kwargs: Any) -> None:
    pass


class Kept:
    """Everything that a layer and the layers below it hold, as it was when this was made.

    Values of variables are not copied: nothing assigns to them inside of a stateless scope.
    """

    def __init__(self, root: object) -> None:
        self._seen: dict[int, tuple[Any, Any]] = {}
        pending = [root]
        while pending:
            here = pending.pop()
            if id(here) in self._seen:
                continue
            held: Any
            here = _bare(here)
            if isinstance(here, dict):
                held = dict.copy(here)
                pending += held.values()
            elif isinstance(here, list):
                held = list.copy(here)
                pending += held
            elif isinstance(here, set):
                held = set.copy(here)
            elif isinstance(here, tuple):
                held = None
                pending.extend(here)  # `+=` would ask a wrapper of TensorFlow to add
            elif _is_keras(here):
                held = dict.copy(here.__dict__)
                pending += held.values()
            else:
                continue
            self._seen[id(here)] = (here, held)

    def restore(self) -> None:
        """Put everything back."""
        for here, held in self._seen.values():
            if isinstance(here, dict):
                if not _same(here, held):
                    dict.clear(here)
                    dict.update(here, held)
            elif isinstance(here, list):
                if len(here) != len(held) or any(a is not b for a, b in zip(here, held, strict=True)):
                    list.__setitem__(here, slice(None), held)
            elif isinstance(here, set):
                if here != held:
                    set.clear(here)
                    set.update(here, held)
            elif not isinstance(here, tuple) and not _same(here.__dict__, held):
                here.__dict__.clear()
                here.__dict__.update(held)


def _bare(thing: Any) -> Any:
    """What TensorFlow's wrapper around a dictionary holds."""
    wrapped = isinstance(thing, dict) and not issubclass(type(thing), dict)
    return getattr(thing, "__wrapped__", thing) if wrapped else thing


def _is_keras(thing: object) -> bool:
    if isinstance(thing, type) or not hasattr(thing, "__dict__"):
        return False
    return isinstance(thing, Operation) or type(thing).__module__.startswith("keras.")


def _same(here: dict[Any, Any], held: dict[Any, Any]) -> bool:
    return len(here) == len(held) and all(key in here and here[key] is value for key, value in held.items())


def lend(root: object, scope: keras.StatelessScope, make: Callable[[tuple[int, ...], str], Any]) -> None:
    """Give values to variables that have none: while it trains, Keras on JAX holds a model's values elsewhere."""
    for variable in getattr(root, "variables", ()):
        if getattr(variable, "_value", 0) is None and getattr(variable, "_initializer", 0) is None:
            scope.add_update((variable, make(tuple(variable.shape), variable.dtype)))
