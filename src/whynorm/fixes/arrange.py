"""A tensor's axes set right where the program makes it: which expression to change, and into what."""

import ast
from collections.abc import Sequence

from whynorm.facts import Origin, OriginStep
from whynorm.facts.change import Arrange
from whynorm.fixes.file import Misfit
from whynorm.source.files import Source
from whynorm.source.places import dotted, source_at

_CASTS = {"float32": "float", "float64": "double", "float16": "half", "bfloat16": "bfloat16", "int64": "long"}
"""How a tensor is cast to a type, by its method."""


def arranged(edit: Arrange) -> tuple[Source, ast.expr, str]:
    """The expression to change, with a template of what it becomes. Raises `Misfit` where there is none."""
    origin, operation, arguments, at_call, _ = edit
    if operation == "to" and arguments and isinstance(arguments[0], str):
        operation, arguments = _CASTS.get(arguments[0], "to"), ()
    numbers = [argument for argument in arguments if isinstance(argument, int)]
    for step in _candidates(origin, operation, arguments):
        if step is origin.steps[0] and not at_call:
            raise Misfit
        source, node = _node(step)
        taken_back = _taken_back(source, node, step, operation, numbers)
        if taken_back is not None:
            return source, node, taken_back
        known = at_call or step.array is not None
        written = _written(step, operation, arguments, numbers) if known else None
        if written is not None:
            return source, node, written
    raise Misfit


def _candidates(origin: Origin, operation: str, arguments: Sequence[object]) -> list[OriginStep]:
    """The places in the order of their merit; the call of the model is the last, and always possible."""
    call, *steps = origin.steps
    if operation == "unsqueeze":
        first = [origin.dropped] if arguments == (0,) and origin.dropped is not None else []
        # A batch axis is the caller's to add; any other belongs to the sample.
        inner = [] if arguments == (0,) else [step for step in steps if step.stacked > 0]
    elif operation == "squeeze":
        first, inner = [origin.added] if origin.added is not None else [], []
    elif operation in _CASTS.values():
        first, inner = [step for step in (origin.cast, origin.ordered) if step is not None], []
    elif operation in ("permute", "transpose", "flatten"):
        first, inner = [origin.ordered], []
    elif operation in ("repeat", "narrow"):  # of each sample, where it is known as a tensor
        return [*_as_it_arrives(steps), call]
    else:
        raise Misfit
    return [*(step for step in first if _is_plain(step)), *_nearer(steps, inner or first), call]


_OTHER_AXES = ("indexed", "squeezed", "added", "moved", "reshaped", "picked")


def _as_it_arrives(steps: Sequence[OriginStep]) -> list[OriginStep]:
    """The step nearest to the model that gives a tensor, where nothing behind it changes the axes but stacking."""
    for step in steps:
        if step.array == "tensor":
            return [step] if step.stacked >= 0 else []
        if step.kind in _OTHER_AXES:
            break
    return []


def _is_plain(step: OriginStep) -> bool:
    """Whether it is known what kind of array a step gives, by itself or by a step that undoes what it did."""
    return step.array in ("tensor", "numpy") or step.kind in ("indexed", "squeezed", "added", "moved")


def _nearer(steps: Sequence[OriginStep], than: Sequence[OriginStep]) -> list[OriginStep]:
    """The steps from these on towards the model, of which the kind of array is known."""
    if not than:
        return []
    last = max(steps.index(step) if step in steps else 0 for step in than)
    return [step for step in steps[last::-1] if step.array in ("tensor", "numpy")]


def _node(step: OriginStep) -> tuple[Source, ast.expr]:
    source = source_at(step.location)
    if source is None:
        raise Misfit
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.expr) or node.lineno != step.location.line:
            continue
        if source.column(node) == step.location.column and source.segment(node) == step.expression:
            return source, node
    raise Misfit


def _taken_back(source: Source, node: ast.expr, step: OriginStep, operation: str, numbers: list[int]) -> str | None:
    """What the expression was before it dropped, added or moved the axis in doubt; None where that is not it."""
    if operation == "unsqueeze" and isinstance(node, ast.Subscript) and step.kind == "indexed" and step.stacked == 0:
        whole = _kept(node.slice)
        return f"{source.segment(node.value)}[{whole}]" if whole is not None and numbers == [0] else None
    if operation == "permute" and step.kind == "moved" and isinstance(node, ast.Call):
        ordered = _ordered_back(source, node, _local(numbers, step.stacked))
        if ordered is not None:
            return ordered
    inside = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    if inside is None or not isinstance(node, ast.Call) or dotted(inside) in ("torch", "np", "numpy"):
        return None
    if step.kind == "cast" and operation in _CASTS.values() and isinstance(node.func, ast.Attribute):
        return f"{source.segment(inside)}.{operation}()" if node.func.attr in _CASTS.values() else None
    given = [_integer(argument) for argument in node.args]
    if (operation, step.kind) in (("unsqueeze", "squeezed"), ("squeeze", "added")):
        local = [number - step.stacked for number in numbers]
        return source.segment(inside) if given == local else None
    if operation == "permute" and step.kind == "moved":
        order = _local(numbers, step.stacked)
        if order is None or sorted(given, key=str) != sorted(order, key=str):
            return None
        composed = [given[place] for place in order]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if composed == sorted(composed, key=str):
            return source.segment(inside)
        if name == "permute" or (name == "transpose" and len(given) > 2):
            return f"{source.segment(inside)}.{name}({', '.join(map(str, composed))})"
    return None


def _ordered_back(source: Source, node: ast.Call, order: Sequence[int] | None) -> str | None:
    """A function's `transpose(images, (0, 3, 1, 2))` with the order that comes of it and what is wanted, or no call."""
    written = node.args[1] if len(node.args) == 2 else node.keywords[0].value if len(node.keywords) == 1 else None
    if order is None or not isinstance(written, ast.Tuple | ast.List) or len(node.args) + len(node.keywords) != 2:
        return None
    given = [_integer(axis) for axis in written.elts]
    if sorted(given, key=str) != sorted(order, key=str):
        return None
    composed = tuple(given[place] for place in order)
    array = source.segment(node.args[0])
    if list(composed) == sorted(order):
        return array
    name = f"{node.keywords[0].arg}=" if node.keywords else ""
    return f"{source.segment(node.func)}({array}, {name}{composed})"


def _kept(index: ast.expr) -> str | None:
    """The index as a slice that keeps its axis: `0` as `0:1`; the whole tensor's, for its only sample, is the same."""
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return f"{index.value}:{index.value + 1}"
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and _integer(index) is not None:
        value = _integer(index)
        return "-1:" if value == -1 else f"{value}:{(value or 0) + 1}"
    if isinstance(index, ast.Name):
        return f"{index.id}:{index.id} + 1"
    return None


def _integer(node: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int) else None


def _local(order: Sequence[int], stacked: int) -> list[int] | None:
    """A permutation of the root's input, on an array that lacks its first `stacked` axes (or has more of them)."""
    if stacked >= 0:
        inner = [axis - stacked for axis in order[stacked:]]
        return inner if list(order[:stacked]) == list(range(stacked)) else None
    return [*range(-stacked), *(axis - stacked for axis in order)]


def _written(step: OriginStep, operation: str, arguments: Sequence[object], numbers: list[int]) -> str | None:
    """The template of the operation behind the expression, on the axes that the array has there."""
    numpy = step.array == "numpy"
    if operation in _CASTS.values():
        wanted = next(name for name, method in _CASTS.items() if method == operation)
        return f'{{}}.astype("{wanted}")' if numpy else f"{{}}.{operation}()"
    if operation == "permute":
        local = _local(numbers, step.stacked)
    elif operation == "repeat":
        local = numbers[max(0, step.stacked) :]
    elif operation == "narrow":
        local = [numbers[0] - step.stacked, *numbers[1:]]
    else:
        local = [number - step.stacked for number in numbers]
    if local is None or len(numbers) != len(arguments) or (operation != "permute" and min(local, default=0) < 0):
        return None
    given = ", ".join(map(str, local))
    if not numpy:
        return f"{{}}.{operation}({given})"
    if operation == "transpose":
        return f"{{}}.swapaxes({given})"
    return {
        "permute": f"{{}}.transpose({given})",
        "unsqueeze": f"{{}}[{':, ' * local[0]}None]",
        "squeeze": f"{{}}.squeeze({given})",
    }.get(operation)
