"""One layer or operation in doubt, asked really: on tensors of its own shape, and without a trace of it left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import keras
from keras import tree
from keras.src.backend.common import global_state
from keras.src.backend.common.masking import get_keras_mask, set_keras_mask
from keras.src.ops.operation import Operation

from whynorm.frameworks.keras.backends import Backend
from whynorm.frameworks.keras.kept import Kept, lend
from whynorm.frameworks.keras.tensors import is_tensor, shape_of

LARGEST = 1 << 24
"""No layer is asked really whose tensors hold more numbers than this."""


class Oracle:
    """Asks the backend; `busy` while it does."""

    def __init__(self, backend: Backend, *, may_ask: bool) -> None:
        self._backend = backend
        self._may_ask = may_ask
        self.busy = False

    def words(self, error: Exception) -> Exception:
        """The error as a real run words it; the traceback stays, and what Keras says around it."""
        if not self._may_ask:
            return error
        said = self._backend.words(error)
        if said is error:
            return error
        return _as_injected(error, said)

    def ask(self, original: Callable[..., Any], layer: Operation, args: Any, kwargs: Any, before: Kept | None) -> Any:
        """Call just this layer really: its exception, its outputs in a tuple, or None if that would be too dear."""
        if not self._may_ask or _size(layer, (args, kwargs)) > LARGEST:
            return None
        now = Kept(layer)
        if before is not None:
            before.restore()
        self.busy = True
        try:
            with (
                self._backend.real(),
                eager(stateful=not getattr(layer, "built", True) and not layer.variables) as scope,
            ):
                if scope is not None:
                    lend(layer, scope, self._backend.zeros)
                args, kwargs = tree.map_structure(self._really, (args, kwargs))
                outputs = original(layer, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - its refusal is the answer
            return error
        finally:
            self.busy = False
            now.restore()
        return (tree.map_structure(self._abstractly, outputs),)

    def _really(self, thing: Any) -> Any:
        if not keras.ops.is_tensor(thing):
            return thing
        made = self._backend.zeros(shape_of(thing), keras.backend.standardize_dtype(thing.dtype))
        mask = get_keras_mask(thing)
        if mask is not None:
            set_keras_mask(made, self._really(mask))
        return made

    def _abstractly(self, thing: Any) -> Any:
        if not keras.ops.is_tensor(thing):
            return thing
        return self._backend.abstract(shape_of(thing), keras.backend.standardize_dtype(thing.dtype))


def _size(layer: Operation, given: Any) -> int:
    tensors = sum(prod(shape_of(thing)) for thing in tree.flatten(given) if is_tensor(thing))
    weights = sum(prod(weight.shape) for weight in getattr(layer, "weights", ()))
    return int(tensors + weights)


@contextmanager
def eager(*, stateful: bool) -> Iterator[keras.StatelessScope | None]:
    """As outside of a symbolic call. Variables are assigned to only if `stateful`: where all of them are new."""
    state = vars(global_state.GLOBAL_STATE_TRACKER)
    scopes = {name: state.get(name) for name in ("symbolic_scope", "stateless_scope")}
    global_state.set_global_attribute("symbolic_scope", None)
    scope = None if stateful else keras.StatelessScope()
    global_state.set_global_attribute("stateless_scope", scope)
    try:
        yield scope
    finally:
        for name, scope in scopes.items():
            global_state.set_global_attribute(name, scope)


def _as_injected(error: Exception, said: Exception) -> Exception:
    """What the real run says, with the arguments that Keras tells around it."""
    text, inner = str(error), getattr(error, "_keras_call_info_injected", False)
    if not inner:
        return said.with_traceback(error.__traceback__)
    start, end = text.find("\x1b[1m"), text.rfind("\x1b[0m")
    if start < 0 or end < 0:
        return said.with_traceback(error.__traceback__)
    told = getattr(said, "message", None) or str(said)
    message = f"{text[:start]}\x1b[1m{told}{text[end:]}"
    try:
        if hasattr(said, "node_def"):
            made: Exception = type(said)(said.node_def, said.op, message, said.error_code)  # type: ignore[attr-defined]
        else:
            made = type(said)(message)
    except TypeError:
        made = RuntimeError(message)
    return made.with_traceback(error.__traceback__)
