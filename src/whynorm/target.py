"""What TARGET and `-i SHAPE` of a command line stand for."""

import importlib
import importlib.util
import inspect
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from whynorm.errors import UsageError

FILES = (".onnx", ".keras")
"""Endings of targets that are models as they lie on disk."""


class Target(NamedTuple):
    """A target split into its module and the expression in that module's namespace."""

    module: str
    """The path of a file, or the dotted name of a module."""
    expression: str


class ConstructionError(Exception):
    """The user's own expression raised; the exception is its cause."""

    def __init__(self, raised: BaseException) -> None:
        super().__init__(str(raised))
        self.raised = raised


class InputShape(NamedTuple):
    """One `-i`: a shape whose sizes are numbers or letters, for a position or a keyword."""

    keyword: str | None
    sizes: tuple[int | str, ...]
    dtype: str | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes where all of them are numbers; raises UsageError where one is a letter."""
        letters = [size for size in self.sizes if isinstance(size, str)]
        if letters:
            raise UsageError(f"{letters[0]!r} is no size: give a number here (letters are for `whynorm sizes`)")
        return tuple(size for size in self.sizes if isinstance(size, int))


def parse_input(text: str) -> InputShape:
    """Read `2,3,64`, `2x3x64`, `mask=2,64:bool`, `1,3,H,W`; `()` is a scalar's shape."""
    keyword, _, rest = text.rpartition("=")
    sizes_text, _, dtype = rest.partition(":")
    sizes_text = sizes_text.strip()
    if keyword and not keyword.isidentifier():
        raise UsageError(f"bad input {text!r}: {keyword!r} is no name of a parameter")
    sizes: list[int | str] = []
    if sizes_text != "()":
        separator = "," if "," in sizes_text else "x"
        for part in sizes_text.strip("()[]").split(separator):
            size = part.strip()
            if size.isdecimal():
                sizes.append(int(size))
            elif size.isidentifier() and len(size) == 1:
                sizes.append(size)
            elif size or separator != ",":
                raise UsageError(f"bad shape {text!r}: {size!r} is no size; write it as 2,3,64 or 2x3x64")
        if not sizes:
            raise UsageError(f"bad shape {text!r}: write it as 2,3,64 or 2x3x64, and () for a scalar")
    return InputShape(keyword or None, tuple(sizes), dtype.strip() or None)


def parse_target(text: str) -> Target | Path:
    """Split `file.py:EXPR` or `package.module:EXPR`; a model's file is its path. Raises UsageError."""
    if text.endswith(FILES):
        path = Path(text)
        if not path.is_file():
            raise UsageError(f"no such file: {text}")
        return path
    at = text.find(".py:")
    module, expression = (text[: at + 3], text[at + 4 :]) if at >= 0 else _split(text)
    if not expression.strip():
        raise UsageError(f"{text!r} names no model; write it as path/to/file.py:EXPR or package.module:EXPR")
    return Target(module, expression.strip())


def _split(text: str) -> tuple[str, str]:
    module, _, expression = text.partition(":")
    return module, expression


def load(target: Target) -> object:
    """What the expression is in its module's namespace.

    Raises UsageError where the module cannot be imported or the name is not there, and `ConstructionError` where
    the user's expression itself raises.
    """
    module = _module(target.module)
    try:
        code = compile(target.expression, "<target>", "eval")
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{target.expression!r} is no Python expression: {error}") from None
    root = target.expression.split("(")[0].split(".")[0].split("[")[0].strip()
    if root.isidentifier() and not hasattr(module, root) and root not in _builtin_names():
        raise UsageError(f"{target.module} has no {root!r}{_like(root, module)}")
    try:
        return eval(code, vars(module))
    except SystemExit as ended:
        raise UsageError(f"{target.expression} ends the program (exit status {ended.code})") from None
    except Exception as error:
        raise ConstructionError(error) from error


def makes_a_model(target: object, given: int) -> bool:
    """Whether the target is to be called first: a class, or a function that needs nothing and is given nothing for it.

    A function whose parameters take the inputs is followed itself.
    """
    if not isinstance(target, type) and not inspect.isroutine(target):
        return False
    try:
        parameters = inspect.signature(target).parameters.values()
    except ValueError:
        return isinstance(target, type)
    needed = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if not needed:
        return True
    if isinstance(target, type):
        name = target.__name__
        raise UsageError(f"{name} needs {', '.join(needed)} to be built: give an instance, or {name}(…) as the target")
    if len(needed) > given:
        raise UsageError(f"{named(target)} needs {', '.join(needed)}: call it in the target, or give its inputs")
    return False


def named(target: object) -> str:
    """What a line to the user calls a target."""
    return str(getattr(target, "__name__", None) or f"an object of type {type(target).__name__}")


def _builtin_names() -> set[str]:
    import builtins

    return set(dir(builtins))


def _like(name: str, module: ModuleType) -> str:
    import difflib

    close = difflib.get_close_matches(name, [key for key in vars(module) if not key.startswith("_")], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _module(name: str) -> ModuleType:
    """The module, imported as `python file.py` would find what stands beside it, but not as `__main__`."""
    if not name.endswith(".py"):
        if os.getcwd() not in sys.path and "" not in sys.path:
            sys.path.insert(0, os.getcwd())
        return _imported(name, name)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"no such file: {name}")
    sys.path.insert(0, str(path.resolve().parent))
    return _imported(path.stem, name, path)


def _imported(name: str, shown: str, path: Path | None = None) -> ModuleType:
    try:
        if path is None:
            return importlib.import_module(name)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    except SyntaxError as error:
        raise UsageError(f"{shown} is no Python: {error.msg}, line {error.lineno}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is no Python source: it cannot be decoded") from None
    except SystemExit as error:
        raise UsageError(f"{shown} ends the program when it is imported (exit status {error.code})") from None
    except Exception as error:  # noqa: BLE001 - whatever the user's module raises on import
        first = str(error).splitlines()[0] if str(error) else ""
        raise UsageError(f"{shown} does not import: {type(error).__name__}: {first}") from None
