"""One file of the user's source, read once: its text, its tree, and what stands around a node."""

import ast
import io
import linecache
import os
import site
import sys
import sysconfig
import tokenize
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from whynorm.facts import Location

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """One file of Python source."""

    def __init__(self, file: str, text: str, tree: ast.Module) -> None:
        self.file = file
        self.text = text
        self.tree = tree
        self.lines = text.split("\n")

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call, in the order in which they stand."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return sorted(found, key=lambda call: (call.lineno, call.col_offset, -(call.end_lineno or 0)))

    @cached_property
    def called(self) -> dict[str, list[ast.Call]]:
        """The calls by the last name of what is called."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.calls:
            func = call.func
            name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
            found.setdefault(name, []).append(call)
        return found

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around this one, nearest first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that this node is, or stands in."""
        return next(found for found in (node, *self.up(node)) if isinstance(found, ast.stmt))

    def scope(self, node: ast.AST) -> Scope:
        """The function, class or module around this node."""
        below = node
        for found in self.up(node):
            if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                # Defaults, decorators and annotations are evaluated outside.
                if below is found.body or (isinstance(found.body, list) and below in found.body):
                    return found
            elif isinstance(found, ast.ClassDef):
                if below in found.body:
                    return found
            elif isinstance(found, ast.Module):
                return found
            below = found
        return self.tree

    def function(self, node: ast.AST) -> Function | None:
        """The function around this node."""
        return next(
            (found for found in self.up(node) if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)), None
        )

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The class around this node."""
        return next((found for found in self.up(node) if isinstance(found, ast.ClassDef)), None)

    def segment(self, node: ast.expr) -> str:
        """The source text of an expression, on one line."""
        text = ast.get_source_segment(self.text, node) or ast.unparse(node)
        return text if "\n" not in text else ast.unparse(node)

    def column(self, node: ast.expr | ast.stmt) -> int:
        """Where a node starts on its line, in characters."""
        return len(self.lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace"))

    def location(self, node: ast.expr | ast.stmt, through: tuple[Location, ...] = ()) -> Location:
        """Where a node stands."""
        code = self.lines[node.lineno - 1].strip() if node.lineno <= len(self.lines) else ""
        return Location(self.file, node.lineno, code, self.column(node), through)


def read(file: str) -> Source | None:
    """The source of a file, parsed once while it stays the same; None where there is none or it is no Python."""
    try:
        known = os.stat(file)
    except (OSError, ValueError):
        return _cell(file)
    return _read(file, known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=256)
def _read(file: str, changed: int, size: int) -> Source | None:
    try:
        data = Path(file).read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (OSError, SyntaxError, UnicodeDecodeError, LookupError):
        return None
    return _parsed(file, text)


def _cell(file: str) -> Source | None:
    """What has no file, but lines: a notebook's cell."""
    lines = linecache.cache.get(file)
    return _parsed(file, "".join(lines[2])) if lines is not None and len(lines) == 4 else None


def _parsed(file: str, text: str) -> Source | None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return Source(file, text, ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths |= {*site.getsitepackages(), site.getusersitepackages()}
    paths.add(str(Path(__file__).parent.parent))  # our own, where it is installed from a checkout
    return tuple(os.path.join(os.path.realpath(path), "") for path in paths if path)


@lru_cache(maxsize=4096)
def is_library(file: str) -> bool:
    """Whether a file belongs to an installed library or to Python, and not to the user."""
    if file.startswith("<"):
        return file.startswith("<frozen ")
    path = os.path.realpath(file)
    return path.startswith(_installed()) or not {"site-packages", "dist-packages"}.isdisjoint(Path(path).parts)


def find_module(name: str, near: str, level: int = 0) -> str | None:
    """The file of a module of the user's program, as `near` would import it; None for a library's."""
    folder = Path(near).parent
    if level:
        for _ in range(level - 1):
            folder = folder.parent
        return _module_file(folder, name)
    loaded = getattr(sys.modules.get(name), "__file__", None)
    if isinstance(loaded, str) and not is_library(loaded) and read(loaded) is not None:
        return loaded
    for root in (folder, *folder.resolve().parents[:4], Path.cwd()):
        found = _module_file(root, name)
        if found is not None:
            return found
    return None


def _module_file(folder: Path, name: str) -> str | None:
    base = folder.joinpath(*name.split(".")) if name else folder
    for candidate in (base.with_name(base.name + ".py") if name else None, base / "__init__.py"):
        if candidate is not None and candidate.is_file():
            return None if is_library(str(candidate)) else str(candidate)
    return None
