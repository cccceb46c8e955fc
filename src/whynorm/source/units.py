"""Borders of a slice that count something else than what is sliced: samples, where the array holds frames of them."""

import ast
from collections.abc import Iterator

from whynorm.facts import OriginStep
from whynorm.facts.cut import Border
from whynorm.source import flow
from whynorm.source.files import Source
from whynorm.source.places import dotted, source_at
from whynorm.source.running import program


def uncounted(step: OriginStep) -> tuple[Border, ...]:
    """The borders that are multiplied by a rate which the program divides by one and the same number elsewhere."""
    source = source_at(step.location)
    if source is None:
        return ()
    for node in ast.walk(source.tree):
        here = isinstance(node, ast.Subscript) and (node.lineno, source.column(node)) == step.location[1:4:2]
        if isinstance(node, ast.Subscript) and here and source.segment(node) == step.expression:
            return tuple(dict.fromkeys(_borders(source, node)))
    return ()


def _borders(source: Source, node: ast.Subscript) -> Iterator[Border]:
    for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        for border in (part.lower, part.upper) if isinstance(part, ast.Slice) else ():
            given = _given(source, border) if border is not None else None
            rates = set(_rates(given)) if given is not None else set()
            found = {divisor for rate in rates for divisor in _divisors(rate)}
            if given is not None and len(found) == 1 and not any(map(_divides, ast.walk(given))):
                text = source.segment(given)
                whole = isinstance(given, ast.Call) or (isinstance(given, ast.BinOp) and isinstance(given.op, ast.Mult))
                yield Border(source.location(given), text, f"{text if whole else f'({text})'} // {found.pop()}")


def _given(source: Source, border: ast.expr) -> ast.expr | None:
    """The expression of a border; of a variable, what it was given."""
    if not isinstance(border, ast.Name):
        return border
    defined = flow.definition(source, border, border.id)
    known = isinstance(defined, flow.Defined) and not defined.unpack and isinstance(defined.node, ast.expr)
    return defined.node if known and isinstance(defined, flow.Defined) and isinstance(defined.node, ast.expr) else None


def _rates(node: ast.expr) -> Iterator[str]:
    """The names by which something is multiplied in an expression."""
    for one in ast.walk(node):
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mult):
            yield from (name for side in (one.left, one.right) if (name := dotted(side)) is not None)


def _divides(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv)


def _divisors(rate: str) -> Iterator[str]:
    """By what the program divides what it multiplied by a rate: `seconds * RATE // HOP`."""
    for source in program():
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.BinOp) or not _divides(node):
                continue
            name = dotted(node.right)
            number = str(node.right.value) if isinstance(node.right, ast.Constant) else None
            if rate in _rates(node.left) and (name or number):
                yield name or number or ""
            elif dotted(node.left) == rate and name:  # half of a rate is a frequency
                yield name
