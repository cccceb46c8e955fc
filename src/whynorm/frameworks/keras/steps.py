"""What the frames of a live exception hold: which layers were called with what, and which trainer's method ran."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from types import FrameType, ModuleType, TracebackType
from typing import Any, NamedTuple

import keras

from whynorm.facts import Frame
from whynorm.frameworks.keras import places
from whynorm.frameworks.keras.batches import Batches, batches

LAYER_CALL = inspect.unwrap(keras.Layer.__call__).__code__
STATELESS_CALL = inspect.unwrap(keras.Layer.stateless_call).__code__
_METHODS = {
    "fit": True,
    "train_on_batch": True,
    "evaluate": False,
    "test_on_batch": False,
    "predict": False,
    "predict_on_batch": False,
}


class Entered(NamedTuple):
    """One call of a layer, as its frame holds it."""

    layer: keras.Layer
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Training(NamedTuple):
    """A trainer's method at work."""

    model: keras.Model
    method: str
    batches: Batches

    @property
    def training(self) -> bool:
        """Whether the method trains."""
        return _METHODS[self.method]


def frames_of(traceback: TracebackType | None) -> list[FrameType]:
    """The frames of a traceback, outermost first."""
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames


def frames_above(frame: FrameType | None, *, itself: bool = False) -> list[FrameType]:
    """The frames that are running above this one, outermost first; with `itself`, this one last."""
    frames = []
    frame = frame if itself or frame is None else frame.f_back
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames[::-1]


def is_trainer(frame: FrameType) -> bool:
    """Whether a trainer's method runs in this frame."""
    return frame.f_code.co_name in _METHODS and isinstance(frame.f_locals.get("self"), keras.Model)


def entered(frames: list[FrameType]) -> Iterator[Entered]:
    """The layers' calls among the frames, outermost first."""
    for frame in frames:
        if frame.f_code is LAYER_CALL:
            held = frame.f_locals
            args, kwargs = held.get("original_args", ()), held.get("original_kwargs", {})
            if isinstance(held.get("self"), keras.Layer):
                yield Entered(held["self"], tuple(args), dict(kwargs))


def trained(frames: list[FrameType]) -> Training | None:
    """The innermost trainer's method among the frames."""
    found = None
    for frame in frames:
        held = frame.f_locals
        made = batches(held.get("x"), held.get("batch_size"), held["self"]) if is_trainer(frame) else None
        if made is not None:
            found = Training(held["self"], frame.f_code.co_name, made)
    return found


def from_line(traceback: TracebackType | None) -> tuple[list[Entered], Training | None]:
    """The layer or model that the user's innermost line calls, where Keras has taken its own frames away."""
    from executing import Source

    last = None
    while traceback is not None:
        if places.is_user(traceback.tb_frame.f_code.co_filename):
            last = traceback
        traceback = traceback.tb_next
    node = Source.executing(last).node if last is not None else None
    if last is None or not isinstance(node, ast.Call):
        return [], None
    frame = last.tb_frame
    args = [value_of(argument, frame) for argument in node.args]
    named = {given.arg: value_of(given.value, frame) for given in node.keywords if given.arg is not None}
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    model = value_of(node.func.value, frame) if isinstance(node.func, ast.Attribute) else None
    if isinstance(model, keras.Model) and method in _METHODS:
        data, size = args[0] if args else named.get("x"), named.get("batch_size")
        made = batches(data, size)
        return [], None if made is None else Training(model, method, made)
    layer = value_of(node.func, frame)
    if isinstance(layer, keras.Layer) and all(argument is not None for argument in args):
        return [Entered(layer, tuple(args), named)], None
    return [], None


def value_of(node: ast.expr, frame: FrameType) -> Any:
    """What a name, a chain of attributes or a literal stands for in a frame; None where that would have to be run."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        holder = value_of(node.value, frame)
        if isinstance(holder, ModuleType):
            return getattr(holder, node.attr, None)
        return getattr(holder, "__dict__", {}).get(node.attr)
    return None


def told(frames: Iterable[tuple[FrameType, int]]) -> tuple[Frame, ...]:
    """Frames and their lines as facts, outermost first."""
    found = []
    for frame, line in frames:
        code = frame.f_code
        location = places.location((code.co_filename, line))
        if location is not None:
            found.append(Frame(location, code.co_name, not places.is_user(code.co_filename)))
    return tuple(found)
