"""Calls that hand elements on: which of them come from what the call is given."""

import ast

from whynorm.source.running import Pick, last_name

_JOINED = {"cat", "concat", "concatenate", "vstack"}
_LIKE = {
    "list", "tuple", "iter", "reversed", "sorted", "cycle", "tqdm", "trange", "track",
    "prefetch", "islice", "Subset",
}  # fmt: skip
"""What has the elements of what it is given."""


def handed_on(
    node: ast.Call, subject: ast.expr | None, first: ast.expr | None, picks: tuple[Pick, ...]
) -> tuple[ast.expr | None, tuple[Pick, ...]] | None:
    """From what a call takes its elements, and which are picked there; None where it is no call of this kind.

    `first` is its first argument; `subject` is that, or what it is a method of.
    """
    name = last_name(node)
    if name == "enumerate" and picks:
        return node.args[0] if node.args else None, (picks[0], *picks[2:])
    if name == "zip" and picks:
        place = picks[1].key if len(picks) > 1 else None
        return (node.args[place], (picks[0], *picks[2:])) if isinstance(place, int) and place < len(node.args) else None
    if name == "next" or name in _JOINED:
        return first, (Pick(None), *picks)
    if name in _LIKE and first is not None:
        return subject, picks
    if name == "map" and len(node.args) > 1 and picks:
        return ast.copy_location(ast.Call(node.args[0], [node.args[1]], []), node), picks[1:]
    if name == "random_split":
        return node.args[0] if node.args else None, picks[1:]
    return None
