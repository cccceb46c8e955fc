"""Constants of a program that a 16-bit type cannot hold."""

import ast
from collections.abc import Iterable, Iterator

from whynorm.facts.history import Logarithm
from whynorm.source.files import Source, read
from whynorm.source.running import last_name

_END = 65504.0
"""Where float16 ends."""
_FILLS = ("where", "full", "full_like", "fill", "masked_fill")


def beyond_in(files: Iterable[str]) -> Logarithm | None:
    """The one constant beyond the end of float16 that tensors are filled with or multiplied by; else None.

    `(1.0 - mask) * -1e9`, `where(mask, scores, -1e9)`: with one that float16 can hold.
    """
    found = [one for source in map(read, files) if source is not None for one in _constants(source)]
    return found[0] if len(found) == 1 else None


def _constants(source: Source) -> Iterator[Logarithm]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, float) or not node.value > _END:
            continue
        around = source.parents.get(node)
        signed = isinstance(around, ast.UnaryOp) and isinstance(around.op, ast.USub)
        whole: ast.expr = around if isinstance(around, ast.UnaryOp) and signed else node
        user = source.parents.get(whole)
        multiplied = isinstance(user, ast.BinOp) and isinstance(user.op, ast.Mult)
        filled = isinstance(user, ast.Call) and last_name(user) in _FILLS
        if source.function(node) is not None and (multiplied or filled):
            held = "-3e4" if signed else "3e4"
            yield Logarithm(source.location(whole), source.segment(whole), held)


def policy_in(files: Iterable[str]) -> Logarithm | None:
    """The one place in these files that names a policy of float16, and the same with bfloat16."""
    found = [
        Logarithm(source.location(node), source.segment(node), source.segment(node).replace("float16", "bfloat16"))
        for source in map(read, files)
        if source is not None
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value == "mixed_float16"
    ]
    return found[0] if len(found) == 1 else None
