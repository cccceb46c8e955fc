"""Batches that a program cuts by hand: `for i in range(0, len(x), 32): net(x[i : i + 32])`."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from whynorm.facts import Location
from whynorm.source.around import loops
from whynorm.source.places import source_at, statement_at

Line = tuple[Location, Callable[[ast.expr], object]]
"""A line that is running, and what a name, or a chain of attributes, stands for there."""


def cut_by_hand(lines: Iterable[Line]) -> Mapping[str, object] | None:
    """How the first loop around these lines that does so cuts its batches, as `Case.hints` tells it of a loader."""
    return next((found for line in lines if (found := _cut_around(*line)) is not None), None)


def _cut_around(location: Location, value: Callable[[ast.expr], object]) -> Mapping[str, object] | None:
    source = source_at(location)
    statement = statement_at(source, location.line) if source is not None else None
    if source is None or statement is None:
        return None
    for loop in (one for one in loops(source, statement) if isinstance(one, ast.For)):
        for whole, step, stop in _slices(loop):
            samples, size, at = _length(value(whole)), _number(step, value), value(loop.target)
            if samples is None or size is None or not isinstance(at, int) or at + size < samples:
                continue
            return {
                "samples": samples,
                "batch_size": size,
                "drop_last": False,
                "location": source.location(stop),
                "stop": ast.unparse(stop),
            }
    return None


def _slices(loop: ast.For) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """What is cut in a loop over a range, by how many, and where the range stops."""
    if not isinstance(loop.iter, ast.Call) or not isinstance(loop.target, ast.Name):
        return
    name = loop.iter.func.id if isinstance(loop.iter.func, ast.Name) else ""
    if name not in ("range", "trange") or len(loop.iter.args) != 3:
        return
    _, stop, step = loop.iter.args
    end = {f"{loop.target.id} + {ast.unparse(step)}", f"{ast.unparse(step)} + {loop.target.id}"}
    for node in ast.walk(loop):
        cut = node.slice if isinstance(node, ast.Subscript) else None
        first = cut.elts[0] if isinstance(cut, ast.Tuple) and cut.elts else cut
        if not isinstance(node, ast.Subscript) or not isinstance(first, ast.Slice) or first.upper is None:
            continue
        upper = first.upper
        ends = upper.args if isinstance(upper, ast.Call) and ast.unparse(upper.func) == "min" else [upper]
        starts = isinstance(first.lower, ast.Name) and first.lower.id == loop.target.id
        if starts and any(ast.unparse(one) in end for one in ends):
            yield node.value, step, stop


def _length(value: Any) -> int | None:
    shape = getattr(value, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) else None
    return len(value) if isinstance(value, list | tuple) else None


def _number(node: ast.expr, value: Callable[[ast.expr], object]) -> int | None:
    found = node.value if isinstance(node, ast.Constant) else value(node)
    return found if isinstance(found, int) and found > 0 else None
