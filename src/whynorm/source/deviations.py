"""Deviations of data by which a program divides in several places: guarded where they are computed."""

import ast
from collections.abc import Iterable

from whynorm.facts.history import Logarithm
from whynorm.source.files import Source, read
from whynorm.source.places import dotted

_COMPUTES = ("std", "nanstd", "ptp")


def deviation_in(files: Iterable[str]) -> Logarithm | None:
    """The one deviation in these files that is kept under a name, and divided by; None where there are several."""
    found = [
        (source, node)
        for source in map(read, files)
        if source is not None
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and _is_deviation(node.value) and _divides(source, node)
    ]
    if len(found) != 1:
        return None
    source, assigned = found[0]
    written = source.segment(assigned.value)
    return Logarithm(source.location(assigned.value), written, f"{written} + 1e-08")


def _is_deviation(node: ast.expr) -> bool:
    name = (dotted(node.func) or ast.unparse(node.func)).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return name in _COMPUTES


def _divides(source: Source, assigned: ast.Assign) -> bool:
    """Whether the name that is given is divided by as it is."""
    names = {dotted(one) for one in assigned.targets} - {None}
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and dotted(node.right) in names
        for node in ast.walk(source.tree)
    )
