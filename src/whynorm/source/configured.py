"""Settings of a layer that stand in a dictionary, or in keywords, which a registry turns into the layer."""

import ast
from collections.abc import Iterator, Mapping

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.running import last_name, program


def configured(type: str, settings: Mapping[str, object]) -> Location | None:
    """The one place in the program that gives numbers by these names and with these values: `{"num_features": 32}`.

    Where several do, the one that names the layer's type as well. None where that does not decide.
    """
    found = [
        (source, node, entries[name])
        for source in program()
        for node in ast.walk(source.tree)
        if (entries := dict(_entries(node)))
        if (name := _fits(entries, settings)) is not None
    ]
    if len(found) > 1:
        found = [one for one in found if any(_names(value, type) for _, value in _entries(one[1]))]
    return found[0][0].location(found[0][2]) if len(found) == 1 else None


def entry_at(source: Source, location: Location, key: str) -> ast.expr | None:
    """The value of a key in the dictionary, or of a keyword in the call, whose entry stands at a location."""
    for node in ast.walk(source.tree):
        entries = dict(_entries(node))
        here = [one for one in entries.values() if (one.lineno, source.column(one)) == location[1:4:2]]
        if here and key in entries:
            return entries[key]
    return None


def _entries(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Call):
        yield from ((one.arg, one.value) for one in node.keywords if one.arg is not None)


def _fits(entries: Mapping[str, ast.expr], settings: Mapping[str, object]) -> str | None:
    """The first setting that is given here; None where none is, or one has another value."""
    given = [name for name in settings if name in entries]
    same = all(isinstance(value := entries[name], ast.Constant) and value.value == settings[name] for name in given)
    return given[0] if given and same else None


def _names(value: ast.expr, type: str) -> bool:
    """Whether a value is a layer's type, as a text (`"torch.nn.BatchNorm2d"`) or by its name."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and value.value.rpartition(".")[2] == type
    return isinstance(value, ast.Name | ast.Attribute) and last_name(ast.Call(value, [], [])) == type
