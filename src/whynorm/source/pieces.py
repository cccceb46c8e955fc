"""Where a program cuts a batch into pieces that it hands on one by one."""

import ast
from collections.abc import Iterator

from whynorm.facts import Location
from whynorm.facts.cut import Cut
from whynorm.source.files import Source
from whynorm.source.flow import Defined, definition
from whynorm.source.places import argument_of, covers, dotted, imported_as, source_at

_COUNT = ("chunk", "array_split", "tensor_split")
_NUMBERS = ("indices_or_sections", "num_or_size_splits", "split_size_or_sections", "split_size", "chunks")


def cut_at(location: Location) -> Cut | None:
    """The call that made what is handed on at this location; None where that is not one piece of several."""
    source = source_at(location)
    if source is None:
        return None
    found = {cut for node in ast.walk(source.tree) for cut in _at(source, node, location.line)}
    return found.pop() if len(found) == 1 else None


def _at(source: Source, node: ast.AST, line: int) -> Iterator[Cut]:
    """What is handed to a call on this line, where it is each of the pieces in turn."""
    if not isinstance(node, ast.Call) or not covers(node, line):
        return
    for given in node.args:
        made = definition(source, given, given.id) if isinstance(given, ast.Name) else None
        if isinstance(made, Defined) and made.unpack == (None,):
            value = _value(source, made.node)
            cut = _cut(source, value) if isinstance(value, ast.Call) else None
            if cut is not None:
                yield cut


def _value(source: Source, node: ast.AST) -> ast.AST:
    """What is looped over, or what its name stands for."""
    if not isinstance(node, ast.Name):
        return node
    made = definition(source, node, node.id)
    return made.node if isinstance(made, Defined) and not made.unpack else node


def _cut(source: Source, call: ast.Call) -> Cut | None:
    name = dotted(call.func)
    last = name.rpartition(".")[2] if name is not None else ""
    if name is None or (last != "split" and last not in _COUNT):
        return None
    module = imported_as(source).get(name.split(".")[0])
    method = module is None and isinstance(call.func, ast.Attribute)
    first = 0 if method else 1
    keyword = next((one.arg for one in call.keywords if one.arg in _NUMBERS), None)
    number = argument_of(call, keyword, first)
    axis = argument_of(call, "axis", first + 1) or argument_of(call, "dim", first + 1)
    along = ast.literal_eval(axis) if isinstance(axis, ast.Constant) else None if axis is not None else 0
    tensor = ast.unparse(call.func.value) if method and isinstance(call.func, ast.Attribute) else None
    if tensor is None and call.args:
        tensor = ast.unparse(call.args[0])
    if number is None or tensor is None or along != 0 or isinstance(number, ast.List | ast.Tuple):
        return None
    size = last == "split" and (method or (module or "").startswith("torch"))
    return Cut(source.location(call), name, tensor, ast.unparse(number), keyword or first, not size, method)
