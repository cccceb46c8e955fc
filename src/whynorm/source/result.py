"""What a program does with what a call returns, and the loop that the call stands in."""

import ast
import builtins
from typing import Literal

from whynorm.facts import Location
from whynorm.facts.history import Result
from whynorm.source.around import loops, over, switches
from whynorm.source.files import Source
from whynorm.source.places import call_at, covers, dotted, imported_as, source_at

_SHAPES = {"shape", "size", "ndim", "dim", "numel", "dtype", "device"}
Loop = Literal["data", "range", "none"]


def result_of(location: Location, callee: str | None) -> Result:
    """What becomes of the result of the call at this location; "used" where that cannot be told."""
    found = _call(location, callee)
    if found is None:
        return "used"
    source, call = found
    parent = source.parents.get(call)
    if isinstance(parent, ast.Expr):
        return "dropped"
    if isinstance(parent, ast.Attribute):
        return "shape" if parent.attr in _SHAPES else "used"
    if not isinstance(parent, ast.Assign) or not all(isinstance(target, ast.Name) for target in parent.targets):
        return "used"
    names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
    around = source.function(call) or source.tree
    reads = [node for node in ast.walk(around) if isinstance(node, ast.Name) and node.id in names and _is_read(node)]
    reads = [node for node in reads if (node.lineno, node.col_offset) > (call.lineno, call.col_offset)]
    if not reads:
        return "dropped"
    return "shape" if all(_is_shape(source, node) for node in reads) else "used"


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _is_shape(source: Source, node: ast.Name) -> bool:
    parent = source.parents.get(node)
    return isinstance(parent, ast.Attribute) and parent.attr in _SHAPES


def loop_around(location: Location, callee: str | None) -> Loop:
    """The innermost loop around the call at this location: over data, over numbers, or none."""
    found = _call(location, callee)
    around = loops(*found)[:1] if found is not None else []
    if not around:
        return "none"
    return over(around[0])


def callee_at(location: Location) -> str | None:
    """How the one value that is called at this location is named there; None where it could be several."""
    source = source_at(location)
    if source is None or not location.line:
        return None
    named = {name for call in source.calls if covers(call, location.line) and (name := dotted(call.func)) is not None}
    own = [name for name in named if name.split(".")[0] not in imported_as(source) and not _is_defined(source, name)]
    models = [name for name in own if not name.endswith(_METHODS)]
    return models[0] if len(models) == 1 else None


def switched_before(location: Location, callee: str | None, mode: Literal["train", "eval"]) -> Location | None:
    """The last line before this call, in the same function, that switches the network to this mode."""
    found = _call(location, callee)
    if found is None:
        return None
    source, call = found
    name = dotted(call.func) or ""
    before = [one for one in switches(source.function(call) or source.tree, name, mode) if one.lineno < call.lineno]
    return source.location(max(before, key=lambda one: one.lineno)) if before else None


def argument_at(location: Location, function: str) -> str | None:
    """What the call of this function at this location is given first, where that is a name."""
    source = source_at(location)
    call = call_at(source, location, function) if source is not None else None
    return dotted(call.args[0]) if call is not None and call.args else None


_METHODS = (
    ".item",
    ".backward",
    ".to",
    ".append",
    ".detach",
    ".cpu",
    ".cuda",
    ".update",
    ".step",
    ".view",
    ".mean",
    ".sum",
    ".numpy",
)


def _is_defined(source: Source, name: str) -> bool:
    """Whether a name is a function or class of the file, or one that Python has."""
    return name in dir(builtins) or any(getattr(node, "name", None) == name for node in source.tree.body)


def _call(location: Location, callee: str | None) -> tuple[Source, ast.Call] | None:
    source = source_at(location)
    name = callee or callee_at(location)
    if source is None or name is None:
        return None
    call = call_at(source, location, name)
    return None if call is None else (source, call)
