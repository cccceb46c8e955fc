"""Where a program copies, averages or saves the parameters of a network, and leaves out its buffers."""

import ast
from collections.abc import Iterable

from whynorm.facts import Location
from whynorm.facts.history import Averaged
from whynorm.source.files import Source, read
from whynorm.source.running import last_name


def averaged_in(files: Iterable[str]) -> Averaged | None:
    """The one loop over the parameters of two networks, in these files, that writes to those of one of them.

    `for mine, theirs in zip(average.parameters(), model.parameters()): mine.lerp_(theirs, 0.1)`. None where there is
    none, or several, and where the same is done for the buffers.
    """
    sources = [source for source in map(read, files) if source is not None]
    if any(".buffers()" in source.text for source in sources):
        return None
    found = [one for source in sources for node in ast.walk(source.tree) if (one := _copied(source, node)) is not None]
    return found[0] if len(found) == 1 else None


def saved_in(files: Iterable[str]) -> Location | None:
    """The one line in these files that makes a dictionary of a network's parameters: buffers are not among them."""
    found = []
    for source in map(read, files):
        for call in source.called.get("named_parameters", []) if source is not None else ():
            around = list(source.up(call))[:2] if source is not None else []
            if source is not None and any(_makes_a_dictionary(one, call) for one in around):
                found.append(source.location(call))
    return found[0] if len(found) == 1 else None


def _makes_a_dictionary(node: ast.AST, call: ast.Call) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "dict" and call in node.args
    return isinstance(node, ast.DictComp) and any(one.iter is call for one in node.generators)


def _copied(source: Source, node: ast.AST) -> Averaged | None:
    if isinstance(node, ast.For | ast.ListComp):
        return _averaged(source, node)
    if isinstance(node, ast.Call):
        return _at_once(source, node)
    return None


def _averaged(source: Source, loop: ast.For | ast.ListComp) -> Averaged | None:
    head = loop if isinstance(loop, ast.For) else loop.generators[0]
    over, target = head.iter, head.target
    if not isinstance(over, ast.Call) or not isinstance(over.func, ast.Name) or over.func.id != "zip":
        return None
    location = source.location(over)
    if len(over.args) == 2 and isinstance(over.args[1], ast.Starred):
        into, many = _of_parameters(over.args[0]), _buffers_of_each(over.args[1].value)
        first = target.elts[0] if isinstance(target, ast.Tuple) else target
        known = into is not None and many is not None and isinstance(first, ast.Name) and _is_written(loop, first)
        return Averaged(location, into, many, several=True) if known and into and many else None
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return None
    targets = [one.elts[-1] if isinstance(one, ast.Tuple) and one.elts else one for one in target.elts]  # (name, value)
    networks = [_of_parameters(one) for one in over.args]
    if len(networks) != 2 or None in networks:
        return None
    written = [number for number, one in enumerate(targets) if isinstance(one, ast.Name) and _is_written(loop, one)]
    if len(written) != 1:
        return None
    into, of = networks[written[0]], networks[1 - written[0]]
    whole = tuple((ast.unparse(one), _with_the_rest(one)) for one in over.args if isinstance(one, ast.Attribute))
    return None if into is None or of is None else Averaged(location, into, of, whole)


def _at_once(source: Source, call: ast.Call) -> Averaged | None:
    """All parameters in one call: `vector_to_parameters`, or a function of `torch._foreach_…_` that writes."""
    name = last_name(call)
    if name == "vector_to_parameters" and len(call.args) == 2:
        vectors = [one for one in ast.walk(call.args[0]) if isinstance(one, ast.Call)]
        given = [one.args[0] for one in vectors if last_name(one) == "parameters_to_vector" and one.args]
        networks = [_of_parameters(call.args[1]), *(_of_parameters(one) for one in given)]
    elif name.startswith("_foreach_") and name.endswith("_"):
        networks = [_of_parameters(one) for one in call.args[:2]]
    else:
        return None
    others = [one for one in networks[1:] if one is not None and one != networks[0]]
    if networks[0] is None or len(others) != 1:
        return None
    return Averaged(source.location(call), networks[0], others[0])


def _buffers_of_each(node: ast.expr) -> str | None:
    """`(c.buffers() for c in clients)` of `(c.parameters() for c in clients)`."""
    made = node.elt if isinstance(node, ast.GeneratorExp | ast.ListComp) else None
    if made is None or _of_parameters(made) is None or not isinstance(made, ast.Call):
        return None
    loops = " ".join(ast.unparse(one).strip() for one in node.generators)  # type: ignore[attr-defined]
    return f"({_of_parameters(made)}.buffers() {loops})"


def _of_parameters(node: ast.expr) -> str | None:
    """`model` of `model.parameters()`, of a list of them, or of `model.trainable_variables`."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("list", "tuple")
        and node.args
    ):
        return _of_parameters(node.args[0])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PARAMETERS:
        return ast.unparse(node.func.value)
    if isinstance(node, ast.Attribute) and node.attr in _TRAINABLE:
        return ast.unparse(node.value)
    return None


_PARAMETERS = ("parameters", "named_parameters")
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
