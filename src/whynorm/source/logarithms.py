"""Logarithms and roots of what may be 0, and divisions by it, in the source of a program."""

import ast
import re
from collections.abc import Iterable, Iterator

from whynorm.facts.history import Logarithm
from whynorm.source.files import Source, read
from whynorm.source.places import dotted, imported_as

_NAMES = ("log", "log2", "log10")
_ARRAYS = ("numpy", "tensorflow", "keras", "jax")
"""What has a `maximum` beside its logarithm."""
_GUARDED = re.compile(r"\+|clamp|clip|maximum|exp|softmax|sigmoid|rand|linspace|arange")


_SQUARED = re.compile(r"\*\*|pow|square|sum|mean|var")
"""What a distance or a deviation is the root of."""
_LARGEST = re.compile(r"max|high|hi\b|upper|top")
_LEAST = re.compile(r"min|low|lo\b|bottom")
_DEVIATION = re.compile(r"(?:^|\.|_)(?:std|ptp|sd|stdev)\b(?:\(|$)")


def unguarded_in(files: Iterable[str]) -> Logarithm | None:
    """The one logarithm of an array in these files that nothing keeps away from 0; None where there are several."""
    return _only(_logarithm(source, call) for source in _sources(files) for call in source.calls)


def divided_in(files: Iterable[str]) -> Logarithm | None:
    """The one division in these files by a range or a deviation that nothing keeps away from 0."""
    return _only(
        _division(source, node)
        for source in _sources(files)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.BinOp)
    )


def rooted_in(files: Iterable[str]) -> Logarithm | None:
    """The one square root of a tensor in these files whose gradient is infinite where it is taken of 0."""
    return _only(_root(source, call) for source in _sources(files) for call in source.calls)


def _sources(files: Iterable[str]) -> Iterator[Source]:
    return (source for source in map(read, files) if source is not None)


def _only(found: Iterable[Logarithm | None]) -> Logarithm | None:
    """The one that was found; None where there are several, or none."""
    known = [one for one in found if one is not None]
    return known[0] if len(known) == 1 else None


def _root(source: Source, call: ast.Call) -> Logarithm | None:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "sqrt" or call.keywords:
        return None
    function = imported_as(source).get(dotted(func.value) or "") == "torch"
    if len(call.args) != function:
        return None
    given = call.args[0] if function else func.value
    written = ast.unparse(given)
    if isinstance(given, ast.Constant) or _GUARDED.search(written) or not _SQUARED.search(written):
        return None
    sum_of = f"{written} + 1e-08"
    guarded = f"{dotted(func.value)}.sqrt({sum_of})" if function else f"({sum_of}).sqrt()"
    return Logarithm(source.location(call), ast.unparse(call), guarded)


def _division(source: Source, node: ast.BinOp) -> Logarithm | None:
    if not isinstance(node.op, ast.Div) or not _may_vanish(node.right):
        return None
    by = ast.unparse(node.right)
    left = ast.unparse(node.left)
    left = left if isinstance(node.left, ast.Name | ast.Call | ast.Attribute | ast.Subscript) else f"({left})"
    return Logarithm(source.location(node), ast.unparse(node), f"{left} / ({by} + 1e-08)")


def _may_vanish(node: ast.expr) -> bool:
    """Whether an expression is a largest value less a least one, or a deviation, as it is named."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return bool(_LARGEST.search(ast.unparse(node.left)) and _LEAST.search(ast.unparse(node.right)))
    written = ast.unparse(node)
    return isinstance(node, ast.Name | ast.Call | ast.Attribute) and bool(_DEVIATION.search(written))


def _logarithm(source: Source, call: ast.Call) -> Logarithm | None:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _NAMES or call.keywords:
        return None
    owner = dotted(func.value) or ""
    function = owner.split(".")[0] in imported_as(source)
    if len(call.args) != function:
        return None
    given = ast.unparse(call.args[0] if function else func.value)
    if _GUARDED.search(given):
        return None
    whole = imported_as(source).get(owner.split(".")[0], owner)
    if not function:
        guarded = f"{given}.clamp(min=1e-10).{func.attr}()"
    elif whole == "torch":
        guarded = f"torch.{func.attr}({given}.clamp(min=1e-10))"
    elif whole.split(".")[0] in _ARRAYS:
        guarded = f"{owner}.{func.attr}({owner}.maximum({given}, 1e-10))"
    else:
        return None
    return Logarithm(source.location(call), ast.unparse(call), guarded)
