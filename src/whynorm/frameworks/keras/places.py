"""Where a layer is built and called in the user's source."""

import ast
import functools
import inspect
import linecache
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import keras
from executing import Source as Executing
from keras.src.ops.operation import Operation

from whynorm.facts import Location
from whynorm.source.around import names_of
from whynorm.source.files import is_library, read
from whynorm.source.forced import forced_at

Place = tuple[str, int]

_OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_REWRITTEN = "__autograph_generated_file"
"""What `tf.function` makes of a function of the user's lies in a file of this name."""
_SHELLS = ("<stdin", "<ipython", "<string>")

_built: "WeakKeyDictionary[Operation, tuple[Place, ...]]" = WeakKeyDictionary()
_called: "WeakKeyDictionary[Operation, list[tuple[Place, ...]]]" = WeakKeyDictionary()


@functools.cache
def is_user(file: str) -> bool:
    """Whether a file is the user's: neither a library's, nor Python's, nor ours."""
    if file.startswith("<"):
        return file.startswith(_SHELLS)
    return not os.path.abspath(file).startswith(_OURS) and not is_library(file)


def location(place: Place | None) -> Location | None:
    """A file and line as a Location with the text of the line, stripped."""
    return None if place is None else Location(*place, linecache.getline(*place).strip())


def here(frame: FrameType | None, *, past: object = None) -> Place | None:
    """The user's innermost line at or above this frame; `past` skips the constructors of this very object."""
    while frame is not None:
        code = frame.f_code
        if is_user(code.co_filename) and not (past is not None and _constructs(frame, past)):
            return code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def _above(frame: FrameType | None, *, past: object = None) -> Iterator[Place]:
    """The user's innermost line at or above this frame, and those through which it was reached.

    `past` skips the constructors of this very object.
    """
    while frame is not None:
        if is_user(frame.f_code.co_filename) and not (past is not None and _constructs(frame, past)):
            yield frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back


def _constructs(frame: FrameType, made: object) -> bool:
    code = frame.f_code
    return code.co_name == "__init__" and code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is made


def of_traceback(traceback: TracebackType | None) -> Place | None:
    """The user's innermost line that an exception came through."""
    frames, lines = [], []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        lines.append(traceback.tb_lineno)
        traceback = traceback.tb_next
    return next((place for place in reversed(list(_users(frames, lines))) if place is not None), None)


def of_frames(frames: Sequence[FrameType]) -> Place | None:
    """The user's innermost line among live frames, outermost first."""
    lines = [frame.f_lineno for frame in frames]
    return next((place for place in reversed(list(_users(frames, lines))) if place is not None), None)


def of_each(frames: Sequence[FrameType]) -> list[Place | None]:
    """For each live frame its line, where that is the user's."""
    return list(_users(frames, [frame.f_lineno for frame in frames]))


def is_rewritten(frame: FrameType) -> bool:
    """Whether a frame runs what TensorFlow made of a function of the user's."""
    return os.path.basename(frame.f_code.co_filename).startswith(_REWRITTEN)


def _users(frames: Sequence[FrameType], lines: Sequence[int]) -> Iterator[Place | None]:
    """For each frame its line, where that is the user's; one that TensorFlow rewrote is that of the original."""
    maps: dict[Any, Any] = {}
    for frame, line in zip(frames, lines, strict=True):
        converted = getattr(frame.f_locals.get("converted_f"), "ag_source_map", None)
        if converted is not None:
            maps = {tuple(place): origin.loc for place, origin in converted.items()}
        place = frame.f_code.co_filename, line
        if os.path.basename(place[0]).startswith(_REWRITTEN):
            origin = maps.get(place)
            yield None if origin is None else (origin.filename, origin.lineno)
        else:
            yield place if is_user(place[0]) else None


@contextmanager
def remembering() -> Iterator[None]:
    """Remember inside, for every layer, on which line of the user it is built and called on symbolic tensors."""
    undo = remember()
    try:
        yield
    finally:
        undo()


def remember() -> Any:
    """Start remembering; what is returned stops it."""
    init = Operation.__init__

    @functools.wraps(init)
    def made(self: Operation, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        way = tuple(_above(sys._getframe(1), past=self))
        if way:
            _built[self] = way

    as_kerass_own(made, inspect.unwrap(Operation.symbolic_call).__code__.co_filename)
    Operation.__init__ = made
    undone = [_remember_calls(kind) for kind in (Operation, keras.Layer)]

    def undo() -> None:
        Operation.__init__ = init
        for one in undone:
            one()

    return undo


def _remember_calls(kind: Any) -> Callable[[], None]:
    """Remember where operations of this kind are called on symbolic tensors; what undoes it."""
    symbolic = kind.symbolic_call

    @functools.wraps(symbolic)
    def called(self: Operation, *args: Any, **kwargs: Any) -> Any:
        way = tuple(_above(sys._getframe(1)))
        if way:
            _called.setdefault(self, []).append(way)
        return symbolic(self, *args, **kwargs)

    as_kerass_own(called, inspect.unwrap(symbolic).__code__.co_filename)
    kind.symbolic_call = called

    def undo() -> None:
        kind.symbolic_call = symbolic

    return undo


def user_frame(frames: Sequence[FrameType]) -> FrameType | None:
    """The user's innermost frame among live ones, outermost first."""
    return next((one for one in reversed(frames) if is_user(one.f_code.co_filename)), None)


def call_in(frame: FrameType | None) -> ast.Call | None:
    """The call that a live frame is in."""
    node = Executing.executing(frame).node if frame is not None else None
    return node if isinstance(node, ast.Call) else None


def as_kerass_own(wrapper: Any, file: str) -> None:
    """Have a wrapper pass as a function of Keras's own, in this file of it.

    Keras leaves it out of tracebacks then, and finds its own parameters where it asks for them; autograph of TensorFlow
    rewrites neither it nor what it calls.
    """
    wrapper.__code__ = wrapper.__code__.replace(co_filename=file)
    wrapper.__signature__ = inspect.signature(wrapper)
    wrapper.autograph_info__ = {}


def built(layer: Operation, settings: dict[str, object]) -> Location | None:
    """Where a layer is built: remembered, or the one constructor call in the user's loaded files that fits."""
    if layer in _built:
        return _reached(_built[layer])
    return location(_in_user_files(type(layer).__name__, layer, settings))


def _reached(way: tuple[Place, ...]) -> Location | None:
    """The innermost of these lines, reached through the others."""
    first, *outer = [location(place) for place in way]
    return first and first._replace(through=tuple(one for one in outer if one is not None))


def body(layer: Operation) -> Location | None:
    """Where the program defines the `call` of a layer of its own."""
    code = getattr(inspect.unwrap(type(layer).call), "__code__", None)
    return location((code.co_filename, code.co_firstlineno)) if code is not None and is_user(code.co_filename) else None


def named(place: Location | None) -> tuple[str, ...]:
    """What the program calls a layer where it builds it."""
    return () if place is None else _names(place.file, place.line)


def forced(place: Location | None) -> Location | None:
    """Where the program calls a layer that is built there with `training=True`, if it does so in one place."""
    return None if place is None or place.library else _forced(place.file, place.line)


@functools.cache
def _forced(file: str, line: int) -> Location | None:
    return forced_at(Location(file, line, ""), _names(file, line), "training")


@functools.cache
def _names(file: str, line: int) -> tuple[str, ...]:
    return names_of(Location(file, line, ""))


def stand_in(made: Operation, layer: Operation) -> None:
    """What is known of where a layer is built and called holds of a copy of it as well."""
    _built.pop(made, None)
    if layer in _built:
        _built[made] = _built[layer]
    if layer in _called:
        _called[made] = _called[layer]


def called(layer: Operation) -> Location | None:
    """Where a layer is called on symbolic tensors to make a functional model."""
    ways = _called.get(layer)
    if not ways or len({way[0] for way in ways}) != 1:
        return None
    return _reached(ways[0] if len(ways) == 1 else ways[0][:1])


@functools.lru_cache(maxsize=1)
def _user_files(modules: int) -> list[str]:
    """The files of the user's loaded modules; looked for again when there are more modules."""
    files = {vars(module).get("__file__") for module in list(sys.modules.values()) if hasattr(module, "__dict__")}
    return sorted(file for file in files if isinstance(file, str) and file.endswith(".py") and is_user(file))


def _in_user_files(kind: str, layer: Operation, settings: dict[str, object]) -> Place | None:
    found = [
        (file, call)
        for file in _user_files(len(sys.modules))
        for call in _constructors(file, kind)
        if _fits(call, layer, settings)
    ]
    named = [(file, call) for file, call in found if any(given.arg == "name" for given in call.keywords)]
    if len(named) == 1:
        found = named
    return (found[0][0], found[0][1].lineno) if len(found) == 1 else None


def _constructors(file: str, kind: str) -> list[ast.Call]:
    source = read(file)
    if source is None or kind not in source.text:
        return []
    return [call for call in source.calls if _last_name(call.func) == kind]


def _last_name(callee: ast.expr) -> str | None:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else None


def _fits(call: ast.Call, layer: Operation, settings: dict[str, object]) -> bool:
    """Whether the literal arguments of a call are those of the layer."""
    for given in call.keywords:
        try:
            value = ast.literal_eval(given.value)
        except (ValueError, SyntaxError, TypeError):
            continue
        if given.arg == "name":
            if value != layer.name:
                return False
        elif given.arg in settings and not _equal(settings[given.arg], value):
            return False
    return True


def _equal(have: object, written: object) -> bool:
    if isinstance(written, list):
        written = tuple(written)
    return have == written or (isinstance(have, tuple) and all(part == written for part in have))
