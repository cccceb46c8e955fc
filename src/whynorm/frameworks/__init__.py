"""The rooms that touch a framework, one each; a room is entered only if the user's program has its framework."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from whynorm.frameworks.room import Room

ROOMS = {
    "keras": "whynorm.frameworks.keras",
    "onnx": "whynorm.frameworks.onnx",
    "torch": "whynorm.frameworks.torch",
}
"""Framework by module name, in the order of asking: a Keras layer on the torch backend is a torch Module as well."""

OBSERVED = ("torch",)
"""The frameworks whose running programs are observed; `run/site/sitecustomize.py` waits for these."""


def rooms() -> Iterator[Room]:
    """The rooms of the frameworks that this process has already loaded."""
    for framework, module in ROOMS.items():
        if framework in sys.modules or (framework == "keras" and _has_tensorflow()):
            room: Room = import_module(module).ROOM
            yield room


def _has_tensorflow() -> bool:
    """Whether the program works with plain TensorFlow, of which the room of Keras knows the operations."""
    from importlib.util import find_spec

    return "tensorflow" in sys.modules and "torch" not in sys.modules and find_spec("keras") is not None


FILES = {".keras": "whynorm.frameworks.keras.files", ".onnx": "whynorm.frameworks.onnx.files"}
"""Models as they lie on disk: by the ending of their name, the module that has a `load(path)` for them."""


def opened(path: Path) -> object:
    """The model of a file; its framework is imported. Raises `UsageError` for a file of another kind."""
    if path.suffix not in FILES:
        from whynorm.errors import UsageError

        raise UsageError(f"{str(path)!r} is no model that can be checked; {', '.join(FILES)} files are")
    model: object = import_module(FILES[path.suffix]).load(path)
    return model


def room_of(target: object) -> Room | None:
    """The room that knows this target: a model, a layer, a function or class of a framework."""
    return next((room for room in rooms() if room.owns(target)), None)
