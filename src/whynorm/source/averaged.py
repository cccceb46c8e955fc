"""Where a program copies, averages or saves the parameters of a network, and leaves out its buffers."""

import ast
from collections.abc import Iterable

from whynorm.facts import Location
from whynorm.facts.history import Averaged
from whynorm.source.files import read


def averaged_in(files: Iterable[str]) -> Averaged | None:
    """The one loop over the parameters of two networks, in these files, that writes to those of one of them.

    `for mine, theirs in zip(average.parameters(), model.parameters()): mine.lerp_(theirs, 0.1)`. None where there is
    none, or several, and where the same is done for the buffers.
    """
    sources = [source for source in map(read, files) if source is not None]
    if any(".buffers()" in source.text for source in sources):
        return None
    found = [
        one
        for source in sources
        for loop in ast.walk(source.tree)
        if isinstance(loop, ast.For | ast.ListComp) and (one := _averaged(source.file, source.lines, loop)) is not None
    ]
    return found[0] if len(found) == 1 else None


def saved_in(files: Iterable[str]) -> Location | None:
    """The one line in these files that makes a dictionary of a network's parameters: buffers are not among them."""
    found = []
    for source in map(read, files):
        for call in source.called.get("named_parameters", []) if source is not None else ():
            around = list(source.up(call))[:2] if source is not None else []
            if source is not None and any(_makes_a_dictionary(one, call) for one in around):
                found.append(Location(source.file, call.lineno, source.lines[call.lineno - 1].strip()))
    return found[0] if len(found) == 1 else None


def _makes_a_dictionary(node: ast.AST, call: ast.Call) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "dict" and call in node.args
    return isinstance(node, ast.DictComp) and any(one.iter is call for one in node.generators)


def _averaged(file: str, lines: list[str], loop: ast.For | ast.ListComp) -> Averaged | None:
    head = loop if isinstance(loop, ast.For) else loop.generators[0]
    over, target = head.iter, head.target
    if not isinstance(over, ast.Call) or not isinstance(over.func, ast.Name) or over.func.id != "zip":
        return None
    if not isinstance(target, ast.Tuple) or not all(isinstance(one, ast.Name) for one in target.elts):
        return None
    networks = [_of_parameters(one) for one in over.args]
    if len(networks) != 2 or len(target.elts) != 2 or None in networks:
        return None
    written = [number for number, one in enumerate(target.elts) if isinstance(one, ast.Name) and _is_written(loop, one)]
    if len(written) != 1:
        return None
    into, of = networks[written[0]], networks[1 - written[0]]
    location = Location(file, over.lineno, lines[over.lineno - 1].strip())
    whole = tuple((ast.unparse(one), _with_the_rest(one)) for one in over.args if isinstance(one, ast.Attribute))
    return None if into is None or of is None else Averaged(location, into, of, whole)


def _of_parameters(node: ast.expr) -> str | None:
    """`model` of `model.parameters()`, or of `model.trainable_variables`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parameters":
        return ast.unparse(node.func.value)
    if isinstance(node, ast.Attribute) and node.attr in _TRAINABLE:
        return ast.unparse(node.value)
    return None


_TRAINABLE = ("trainable_variables", "trainable_weights")


def _with_the_rest(node: ast.Attribute) -> str:
    """The same with what is not trained, the states of random numbers left out."""
    return f"{ast.unparse(node.value)}.weights"


def _is_written(loop: ast.AST, name: ast.Name) -> bool:
    """Whether the loop writes into a tensor: `name.mul_(…)`, `name.data.copy_(…)`, `name.data = …`, or `assign`."""
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node.func.attr):
            written = node.func.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            written = node.targets[0].value
        else:
            continue
        while isinstance(written, ast.Attribute | ast.Call | ast.Subscript):
            written = written.func if isinstance(written, ast.Call) else written.value
        if isinstance(written, ast.Name) and written.id == name.id:
            return True
    return False


def _writes(method: str) -> bool:
    return method.endswith("_") or method in ("assign", "assign_add", "assign_sub")
