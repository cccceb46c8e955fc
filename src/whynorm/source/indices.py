"""What an index does: one number drops its axis, a mask chooses by values, a slice may crop."""

import ast

from whynorm.source import flow
from whynorm.source.places import argument_of
from whynorm.source.running import Where, last_name

_CHOOSING = {"nonzero", "where", "argwhere", "nms", "batched_nms", "flatnonzero", "logical_and", "logical_or"}


def is_variable(part: ast.Slice) -> bool:
    """Whether a border of a slice is no number that is written out."""
    return any(border is not None and not isinstance(constant(border), int) for border in (part.lower, part.upper))


def constant(node: ast.expr) -> object:
    """A key that is written out; else one that stands for any element."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def is_none(node: ast.expr) -> bool:
    """Whether an index puts a new axis there."""
    return (isinstance(node, ast.Constant) and node.value is None) or (
        isinstance(node, ast.Attribute) and node.attr == "newaxis"
    )


def is_number(where: Where, node: ast.expr) -> bool:
    """Whether an index is one number, which drops its axis, and not a mask or a list of positions."""
    if isinstance(node, ast.Constant | ast.UnaryOp):
        return isinstance(constant(node), int)
    if isinstance(node, ast.BinOp):
        return is_number(where, node.left) or is_number(where, node.right)
    if not isinstance(node, ast.Name):
        return False
    defined = flow.definition(where.source, node, node.id)
    if isinstance(defined, ast.arg):
        return where.function is not None and getattr(where.function, "name", "") == "__getitem__"
    if defined is None or not isinstance(defined.node, ast.Call):
        return defined is not None and isinstance(defined.node, ast.Constant)
    return last_name(defined.node) in ("range", "enumerate", "randrange", "randint", "choice", "trange", "int", "len")


def is_mask(where: Where, node: ast.expr) -> bool:
    """Whether an index chooses by values, so that how many are chosen depends on the data."""
    if isinstance(node, ast.Name):
        defined = flow.definition(where.source, node, node.id)
        if not isinstance(defined, flow.Defined) or not isinstance(defined.node, ast.expr):
            return False
        node = defined.node
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return is_mask(where, node.left) or is_mask(where, node.right)
    return isinstance(node, ast.Call) and last_name(node) in _CHOOSING


def is_by_samples(node: ast.Call, on_value: bool) -> bool:
    """Whether a call splits along the first axis, and no text."""
    axis = argument_of(node, "dim", 1 if on_value else 2) or argument_of(node, "axis", 1 if on_value else 2)
    text = node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    return bool(node.args) and not text and (axis is None or constant(axis) == 0)
