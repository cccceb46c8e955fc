"""What the frames of a live exception hold: which layers were called with what, and which trainer's method ran."""

import inspect
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, NamedTuple

import keras

from whynorm.facts import Frame
from whynorm.frameworks.keras import places

LAYER_CALL = inspect.unwrap(keras.Layer.__call__).__code__
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
    arrays: Any
    batch_size: int

    @property
    def training(self) -> bool:
        """Whether the method trains."""
        return _METHODS[self.method]

    @property
    def samples(self) -> int | None:
        """How many samples there are, where the data say so."""
        first = next(iter(keras.tree.flatten(self.arrays)), None)
        shape = getattr(first, "shape", None)
        return int(shape[0]) if shape and shape[0] is not None else None

    @property
    def batches(self) -> list[int]:
        """The sizes of the first and the last batch."""
        samples = self.samples
        if samples is None:
            return []
        first = min(samples, self.batch_size)
        last = samples % self.batch_size
        return [first, last] if last and samples > self.batch_size else [first]


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
        if is_trainer(frame) and held.get("x") is not None:
            size = held.get("batch_size")
            found = Training(held["self"], frame.f_code.co_name, held["x"], size if isinstance(size, int) else 32)
    return found


def told(traceback: TracebackType | None) -> tuple[Frame, ...]:
    """The frames as facts, outermost first."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        location = places.location((code.co_filename, traceback.tb_lineno))
        if location is not None:
            found.append(Frame(location, code.co_name, not places.is_user(code.co_filename)))
        traceback = traceback.tb_next
    return tuple(found)
