"""Which layer of a network hands its result straight to which other, by the source of its `forward`."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable


@functools.lru_cache(256)
def follows(forward: Callable[..., object], first: str, second: str) -> bool:
    """Whether `self.second` is called on what `self.first` gives, and on nothing else: directly or by a name."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(forward)))
    except (OSError, TypeError, SyntaxError):
        return False
    held: dict[str, bool] = {}
    """By name, whether it stands for the result of `self.first` now."""
    for statement in [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]:
        if isinstance(statement, ast.FunctionDef | ast.For | ast.While | ast.If | ast.With):
            continue
        for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
            if _calls(call, second) and len(call.args) == 1:
                given = call.args[0]
                if _calls(given, first) or (isinstance(given, ast.Name) and held.get(given.id, False)):
                    return True
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    held[target.id] = _calls(statement.value, first)
    return False


def _calls(node: ast.AST, name: str) -> bool:
    """Whether a node is a call of this layer."""
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr == name and ast.unparse(func.value) == "self"
