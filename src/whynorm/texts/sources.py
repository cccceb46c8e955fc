"""The source files that a traceback names, where they are here: what they say of the causes. Nothing is run."""

import ast
import os
from collections.abc import Iterable, Iterator, Sequence

from whynorm.facts import Frame, Loader, Location, Seen
from whynorm.source.files import Source, read
from whynorm.source.places import dotted

MOST = 12
"""So many files are read for one error."""
_NORMS = ("Norm1d", "Norm2d", "Norm3d", "GroupNorm", "LayerNorm", "BatchNorm", "RMSNorm", "Normalization")
_HALVING = (
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "AvgPool2d",
    "AvgPool3d",
)
_POOLS = (
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "GlobalAveragePooling2D",
    "adaptive_avg_pool2d",
)
_CHECKING = ("val", "test", "eval", "dev")


def seen(frames: Sequence[Frame], folder: str | None) -> Seen:
    """What the user's files among these frames show. `folder` is where the code lies, if the paths are of elsewhere."""
    user = [frame for frame in frames if not frame.library]
    sources: dict[str, Source] = {}
    for frame in user:
        if len(sources) < MOST and (found := _source(frame.location, folder)) is not None:
            sources[frame.location.file] = found
    if not sources:
        return Seen()
    outer = next((frame for frame in user if frame.location.file in sources), None)
    inner = next((frame for frame in reversed(user) if frame.location.file in sources), None)
    built, number = _built(sources[inner.location.file], inner.location) if inner is not None else (None, None)
    classes = [
        owner
        for frame in user
        if (source := sources.get(frame.location.file)) is not None
        and (owner := _class_at(source, frame.location.line)) is not None
    ]
    return Seen(
        loaders=tuple(loader for source in sources.values() for loader in _loaders(source)),
        evaluates=None if outer is None else _evaluates(sources[outer.location.file]),
        halvings=tuple(_halvings(sources.values())),
        pools=tuple(_pools(sources.values(), classes)),
        built=built,
        number=number,
    )


def _source(location: Location, folder: str | None) -> Source | None:
    """The file of a frame, if it is here and its line is the one that the traceback shows."""
    path = location.file.replace("\\", "/")
    if not path.endswith(".py"):
        return None
    parts = [part for part in path.split("/") if part not in ("", ".", "~", "...")]
    candidates = [location.file]
    if folder is not None:
        candidates += [os.path.join(folder, *parts[start:]) for start in range(len(parts))]
    for candidate in candidates:
        if not os.path.isfile(candidate):
            continue
        source = read(candidate)
        if source is not None and _shows(source, location):
            return source
    return None


def _shows(source: Source, location: Location) -> bool:
    """Whether the file's line is the traceback's: else another version of the file is here."""
    if not location.code or not 0 < location.line <= len(source.lines):
        return not location.code
    there, told = (" ".join(text.split()) for text in (source.lines[location.line - 1], location.code))
    return there.startswith(told) or told.startswith(there)


def _last(call: ast.Call) -> str:
    return (dotted(call.func) or "").rpartition(".")[2]


def _number(call: ast.Call, keyword: str, position: int | None = None) -> int | None:
    """The number that an argument is written as, the smallest of several."""
    given = next((argument.value for argument in call.keywords if argument.arg == keyword), None)
    if given is None and position is not None and position < len(call.args):
        given = call.args[position]
    if isinstance(given, ast.Constant) and isinstance(given.value, int):
        return int(given.value)
    if isinstance(given, ast.Tuple):
        numbers = [item.value for item in given.elts if isinstance(item, ast.Constant) and isinstance(item.value, int)]
        return min(numbers, default=None)
    return None


def _loaders(source: Source) -> Iterator[Loader]:
    for call in source.calls:
        if _last(call) != "DataLoader":
            continue
        dropped = next((argument.value for argument in call.keywords if argument.arg == "drop_last"), None)
        if dropped is not None and not isinstance(dropped, ast.Constant):
            continue
        statement = source.statement(call)
        target = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
        yield Loader(
            source.location(call),
            "DataLoader",
            _number(call, "batch_size", 1),
            dropped is not None and bool(dropped.value),
            not any(word in target.lower() for word in _CHECKING),
        )


def _evaluates(source: Source) -> bool:
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "eval" and not call.args for call in source.calls
    )


def _halvings(sources: Iterable[Source]) -> Iterator[Location]:
    for source in sources:
        for call in source.calls:
            if _last(call) in _HALVING:
                pool = "Pool" in _last(call)
                stride = _number(call, "stride", 1 if pool else 3) or _number(call, "strides", 2)
                if pool and stride is None:
                    stride = _number(call, "kernel_size", 0)
                if stride is not None and stride > 1:
                    yield source.location(call)


def _pools(sources: Iterable[Source], classes: Sequence[ast.ClassDef]) -> Iterator[Location]:
    for source in sources:
        for call in source.calls:
            if _last(call) in _POOLS and (_number(call, "output_size", 0) == 1 or "Global" in _last(call)):
                owner = source.owner(call)
                if owner is None or owner in classes:
                    yield source.location(call)


def _class_at(source: Source, line: int) -> ast.ClassDef | None:
    around = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def _built(source: Source, location: Location) -> tuple[Location | None, int | None]:
    """Where the norm that the failing line calls is built, and the number that it is given."""
    owner = _class_at(source, location.line)
    if owner is None:
        return None, None
    called = [
        node.func.attr
        for node in ast.walk(owner)
        if isinstance(node, ast.Call)
        and node.lineno <= location.line <= (node.end_lineno or node.lineno)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
    ]
    for node in ast.walk(owner):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)):
            continue
        if node.targets[0].attr not in called:
            continue
        norms = [call for call in ast.walk(node.value) if isinstance(call, ast.Call) and _last(call).endswith(_NORMS)]
        if len(norms) == 1:
            return source.location(norms[0]), _number(norms[0], "num_features", 0)
    return None, None
