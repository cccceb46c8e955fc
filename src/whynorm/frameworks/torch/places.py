"""Where a call stands in the source, and where a layer is built."""

import ast
import functools
import inspect
import linecache
import os
import site
import sys
import sysconfig
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

import torch

from whynorm.facts import Location
from whynorm.frameworks.torch import layers
from whynorm.source.built import Part
from whynorm.source.built import built as read_built
from whynorm.source.configured import configured

Owner = Literal["user", "library", "framework"]

_TORCH = os.path.dirname(os.path.abspath(torch.__file__)) + os.sep
_OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_STDLIB = tuple({os.path.abspath(sysconfig.get_paths()[name]) + os.sep for name in ("stdlib", "platstdlib")})
_INSTALLED = tuple(
    {
        os.path.abspath(path) + os.sep
        for path in (
            *site.getsitepackages(),
            site.getusersitepackages(),
            *map(sysconfig.get_path, ("purelib", "platlib")),
        )
    }
)

_built: "WeakKeyDictionary[torch.nn.Module, tuple[str, int]]" = WeakKeyDictionary()


@functools.cache
def owner(file: str) -> Owner:
    """Whose source a file is: the user's, an installed library's, or torch's (ours and the interpreter's as well)."""
    if file.startswith("<"):
        return "user" if file.startswith(("<stdin", "<ipython", "<string>")) else "framework"
    path = os.path.abspath(file)
    if path.startswith((_TORCH, _OURS)):
        return "framework"
    if (
        path.startswith(_INSTALLED)
        or f"{os.sep}site-packages{os.sep}" in path
        or f"{os.sep}dist-packages{os.sep}" in path
    ):
        return "library"
    return "framework" if path.startswith(_STDLIB) else "user"


def location(place: tuple[str, int] | None) -> Location | None:
    """A file and line as a Location with the text of the line, stripped."""
    if place is None:
        return None
    file, line = place
    return Location(file, line, linecache.getline(file, line).strip(), library=owner(file) == "library")


Near = tuple[tuple[str, int] | None, tuple[str, int] | None]
"""The user's innermost line, and the innermost library's, in a stretch of the stack."""

_owners: dict[types.CodeType, Owner] = {}


def near(frame: types.FrameType | None, until: frozenset[types.CodeType]) -> Near:
    """The innermost lines above this frame, below the next one that runs one of `until`."""
    library = None
    while frame is not None:
        code = frame.f_code
        whose = _owners.get(code)
        if whose is None:
            whose = _owners[code] = "framework" if code in until else owner(code.co_filename)
        if whose == "user":
            return (code.co_filename, frame.f_lineno), library
        if whose == "library":
            if library is None:
                library = code.co_filename, frame.f_lineno
        elif code in until:
            break
        frame = frame.f_back
    return None, library


def here(frame: types.FrameType | None, until: types.CodeType) -> tuple[str, int] | None:
    """The user's innermost line above this frame, else the innermost library's, below the frame that runs `until`."""
    user, library = near(frame, frozenset((until,)))
    return user or library


def of_traceback(exception: BaseException) -> tuple[str, int] | None:
    """The user's innermost line that an exception came through, else the innermost library's."""
    found = fallback = None
    traceback = exception.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        whose = owner(file)
        if whose == "user":
            found = file, traceback.tb_lineno
        elif whose == "library":
            fallback = file, traceback.tb_lineno
        traceback = traceback.tb_next
    return found or fallback


@contextmanager
def remembering() -> Iterator[None]:
    """Remember for each Module that is built inside, in this process, on which line of the user it was."""
    original = torch.nn.Module.__init__

    @functools.wraps(original)
    def made(self: torch.nn.Module, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        place = here(sys._getframe(1), remembering.__code__)
        if place is not None:
            _built[self] = place

    torch.nn.Module.__init__ = made
    try:
        yield
    finally:
        torch.nn.Module.__init__ = original


_placed: "WeakKeyDictionary[torch.nn.Module, Location | None]" = WeakKeyDictionary()


def built(
    root: torch.nn.Module | None, path: str, module: torch.nn.Module, literals: tuple[object, ...]
) -> Location | None:
    """Where a layer is built: looked for once, for it does not move."""
    if module not in _placed:
        _placed[module] = _sought(root, path, module, literals)
    return _placed[module]


def _sought(
    root: torch.nn.Module | None, path: str, module: torch.nn.Module, literals: tuple[object, ...]
) -> Location | None:
    """Where a layer is built: remembered, or the one place in its owner's class (or a loaded user file) that fits.

    `literals` are the settings without default, to tell several constructor calls of one type apart.
    """
    parts = parts_of(root, path)
    read = read_built(parts)
    if module in _built:
        file, line = _built[module]
        same = read is not None and read.line == line and os.path.realpath(read.file) == os.path.realpath(file)
        return read if same else location((file, line))
    kind = type(module).__name__
    if read is None or kind not in read.code:
        numbers = {name: value for name, value in layers.settings(module).items() if isinstance(value, int)}
        read = configured(kind, numbers) or read
    if read is not None:
        return read
    if root is not None and path:
        found = _in_owner(root, path, type(module).__name__)
        if found is not None:
            return _in_library(found, parts)
    found = _in_user_files(type(module).__name__, literals)
    if found is not None:
        return location(found)
    return _in_library(None, parts)


def built_by(parts: Sequence[Part], literals: tuple[object, ...]) -> Location | None:
    """Where the layer at the end of this way is built, by the source alone: the layer itself may be gone.

    `literals` are the settings without default, to tell several constructor calls of one type apart.
    """
    read = read_built(parts)
    if read is not None and parts and parts[-1].type in read.code:
        return read
    return location(_in_user_files(parts[-1].type, literals)) if parts else None


def parts_of(root: torch.nn.Module | None, path: str) -> list[Part]:
    """The modules on the way from the root to a layer; none where the way ends."""
    if root is None:
        return []
    parts = [Part("", type(root).__name__, _file(type(root)))]
    module: Any = root
    for name in path.split(".") if path else ():
        siblings = len(module._modules)
        module = module._modules.get(name)
        if module is None:
            return []
        parts.append(Part(name, type(module).__name__, _file(type(module)), siblings))
    return parts


def _in_library(found: tuple[str, int] | None, parts: Sequence[Part]) -> Location | None:
    """The line of a library that builds a layer, reached through the user's line that has the network built.

    Where that line is not known, the library's file alone says that it is there.
    """
    file = found[0] if found is not None else parts[-2].file if len(parts) > 1 else None
    if file is None or owner(file) == "user":
        return location(found)
    ways = (read_built(parts[:number]) for number in range(len(parts) - 1, 0, -1))
    user = next((way for way in ways if way is not None), None)
    if user is None:
        return location(found)
    return Location(
        file, found[1] if found else 0, linecache.getline(*found).strip() if found else "", None, (user,), True
    )


def _in_owner(root: torch.nn.Module, path: str, kind: str) -> tuple[str, int] | None:
    """The line in the class of the nearest ancestor outside torch that assigns the attribute leading to the layer."""
    names = path.split(".")
    for depth in range(len(names) - 1, -1, -1):
        ancestor: Any = root
        for name in names[:depth]:
            ancestor = ancestor._modules.get(name)
            if ancestor is None:
                return None
        for owner_class in type(ancestor).__mro__:
            if owner(_file(owner_class)) == "framework":
                continue
            found = _assigned(owner_class, tuple(names[depth:]), kind)
            if found is not None:
                return _file(owner_class), found
    return None


def _file(owner_class: type) -> str:
    module = sys.modules.get(owner_class.__module__)
    return getattr(module, "__file__", None) or "<unknown>"


@functools.cache
def _class_tree(owner_class: type) -> tuple[ast.ClassDef, int] | None:
    try:
        lines, first = inspect.getsourcelines(owner_class)
        tree = ast.parse(inspect.cleandoc("\n" + "".join(lines)) if lines[0][:1].isspace() else "".join(lines))
    except (OSError, TypeError, SyntaxError, IndexError):
        return None
    found = next((node for node in tree.body if isinstance(node, ast.ClassDef)), None)
    return None if found is None else (found, first - 1)


def _assigned(owner_class: type, names: tuple[str, ...], kind: str) -> int | None:
    """The line of the constructor call, or of the assignment, of `self.<names[0]>` in this class."""
    read = _class_tree(owner_class)
    if read is None:
        return None
    tree, before = read
    values = _assigned_values(owner_class).get(names[0], [])
    for value in values:
        line = _within(value, names[1:], kind)
        if line is not None:
            return line + before
    if values and len(names) == 1:
        return values[-1].lineno + before
    calls = _constructors(tree, kind)
    if values and len(calls) == 1:
        return calls[0].lineno + before
    return None


@functools.cache
def _assigned_values(owner_class: type) -> dict[str, list[ast.expr]]:
    """What the class gives its attributes, by their names."""
    read = _class_tree(owner_class)
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(read[0]) if read is not None else ():
        for target, value in _assignments(node):
            if isinstance(target, ast.Attribute):
                found.setdefault(target.attr, []).append(value)
    return found


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield node.target, node.value


def _within(value: ast.expr, rest: tuple[str, ...], kind: str) -> int | None:
    if rest and rest[0].isdigit() and isinstance(value, ast.Call):
        parts: list[ast.expr] = list(value.args)
        if len(parts) == 1 and isinstance(parts[0], (ast.List, ast.Tuple)):
            parts = list(parts[0].elts)
        number = int(rest[0])
        if number < len(parts) and not any(isinstance(part, ast.Starred) for part in parts[: number + 1]):
            return _within(parts[number], rest[1:], kind)
    calls = _constructors(value, kind)
    if len(calls) == 1 or (calls and not rest):
        return calls[0].lineno
    return None


def _constructors(tree: ast.AST, kind: str) -> list[ast.Call]:
    """The calls in this tree whose callee is named as the layer's type."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _last_name(node.func) == kind]


def _last_name(callee: ast.expr) -> str | None:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else None


def user_files() -> list[str]:
    """The user's own files that this process has loaded."""
    return list(_user_files(len(sys.modules)))


@functools.lru_cache(maxsize=1)
def _user_files(loaded: int) -> tuple[str, ...]:
    files = sorted({str(getattr(module, "__file__", None)) for module in list(sys.modules.values())})
    return tuple(file for file in files if file.endswith(".py") and owner(file) == "user")


def _in_user_files(kind: str, literals: tuple[object, ...]) -> tuple[str, int] | None:
    """The one constructor call of this type in the user's loaded files, or the one with these literal settings."""
    found = [(file, call) for file in user_files() for call in _file_constructors(file, kind)]
    if len(found) > 1:
        found = [(file, call) for file, call in found if _literals(call)[: len(literals)] == literals]
    return (found[0][0], found[0][1].lineno) if len(found) == 1 else None


@functools.lru_cache(maxsize=256)
def _file_constructors(file: str, kind: str) -> tuple[ast.Call, ...]:
    text = "".join(linecache.getlines(file))
    if kind not in text:
        return ()
    try:
        return tuple(_constructors(ast.parse(text), kind))
    except SyntaxError:
        return ()


def _literals(call: ast.Call) -> tuple[object, ...]:
    return tuple(part.value if isinstance(part, ast.Constant) else None for part in call.args)
