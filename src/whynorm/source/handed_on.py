"""Where a program hands the trainable variables of a network to another, and leaves out the rest (Keras)."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from whynorm.facts import Location
from whynorm.facts.history import Averaged
from whynorm.source.files import Source, read
from whynorm.source.running import last_name

_TRAINABLE = ("trainable_variables", "trainable_weights")
_READS = ("numpy", "convert_to_numpy", "array", "asarray", "copy")


class _Listed(NamedTuple):
    """One loop, or comprehension, over the variables of a network."""

    location: Location
    old: str
    new: str
    whose: str
    written: bool
    """Its variables are assigned to."""


def handed_on_in(files: Iterable[str]) -> Averaged | None:
    """The loop that assigns to the trainable variables of one network, and those that read what it is given.

    With each of them over `weights` instead, the running statistics come along. None where nothing, or more than one
    line, assigns so.
    """
    found = [one for source in map(read, files) if source is not None for one in _listed(source)]
    written = [one for one in found if one.written]
    if len(written) != 1:
        return None
    read_from = [one for one in found if not one.written]
    into, location = written[0].whose, written[0].location
    of = read_from[0].whose if len({one.whose for one in read_from}) == 1 else "the other network"
    return Averaged(location, into, of, elsewhere=tuple((one.location, one.old, one.new) for one in found))


def _listed(source: Source) -> Iterator[_Listed]:
    for node in ast.walk(source.tree):
        loop = _loop_over(source, node) if isinstance(node, ast.Attribute) and node.attr in _TRAINABLE else None
        if loop is None or not isinstance(node, ast.Attribute):
            continue
        inside = [one for part in _body(loop) for one in ast.walk(part) if isinstance(one, ast.Call)]
        names = {last_name(one) for one in inside}
        if "assign" not in names and names.isdisjoint(_READS):
            continue
        whose = ast.unparse(node.value)
        yield _Listed(source.location(node), ast.unparse(node), f"{whose}.weights", whose, "assign" in names)


def _loop_over(source: Source, node: ast.Attribute) -> ast.AST | None:
    """The loop or comprehension that goes over these variables: alone, numbered, or beside other things."""
    below: ast.AST = node
    for around in source.up(node):
        if isinstance(around, ast.For):
            return around if below is around.iter else None
        if isinstance(around, ast.comprehension):
            return source.parents.get(around) if below is around.iter else None
        if not isinstance(around, ast.Call) or last_name(around) not in ("zip", "enumerate", "list", "tuple"):
            return None
        below = around
    return None


def _body(loop: ast.AST) -> list[ast.AST]:
    if isinstance(loop, ast.For):
        return list(loop.body)
    if isinstance(loop, ast.DictComp):
        return [loop.key, loop.value]
    return [loop.elt] if isinstance(loop, ast.ListComp | ast.GeneratorExp | ast.SetComp) else []
