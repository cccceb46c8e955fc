"""From a line to the node that is meant."""

import ast
from collections.abc import Iterator

from whynorm.facts import Location
from whynorm.source.files import Source, read


def source_at(location: Location) -> Source | None:
    """The file of a location, if the line is still there as it was."""
    source = read(location.file)
    if source is None or not 0 < location.line <= len(source.lines):
        return None
    return source if location.code in ("", source.lines[location.line - 1].strip()) else None


def dotted(node: ast.expr) -> str | None:
    """`torch.nn.Conv2d` for a chain of names; None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return None if inner is None else f"{inner}.{node.attr}"
    return None


def covers(node: ast.expr | ast.stmt, line: int) -> bool:
    """Whether the node stands, in part, on this line."""
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def call_at(source: Source, location: Location, callee: str) -> ast.Call | None:
    """The call of `callee` at this location; None where there is none, or several and nothing tells them apart.

    A callee is named as it is written there, or by its last name; an alias of the import is followed.
    """
    calls = [call for call in source.calls if covers(call, location.line)]
    named = [call for call in calls if _is_named(source, call.func, callee)]
    if location.column is not None:
        here = [call for call in calls if call.lineno == location.line and source.column(call) == location.column]
        # `a(b)(c)` and `a(b)` start at one place: the one of this name, else the outermost whose callee is a value.
        exact = [call for call in here if call in named] or [call for call in here if _is_variable(source, call.func)]
        if exact:
            return exact[0]
    if named:
        return _only(named, location.line)
    variable = [call for call in calls if _is_variable(source, call.func)]
    return _only(variable, location.line)


def _only(calls: list[ast.Call], line: int) -> ast.Call | None:
    """The call that starts on the line if there is just one, else the only one, else the narrowest around it."""
    starting = [call for call in calls if call.lineno == line]
    if len(starting) == 1:
        return starting[0]
    if starting or not calls:
        return None
    return max(calls, key=lambda call: call.lineno) if len({call.lineno for call in calls}) == len(calls) else None


def _is_named(source: Source, func: ast.expr, callee: str) -> bool:
    wanted = callee.split(".")[-1]
    if isinstance(func, ast.Attribute):
        return func.attr == wanted
    if isinstance(func, ast.Name):
        return func.id == wanted or imported_as(source).get(func.id, "").split(".")[-1] == wanted
    return False


def _is_variable(source: Source, func: ast.expr) -> bool:
    """Whether a callee is a value: neither imported nor a function or class of the file."""
    if isinstance(func, ast.Attribute):
        return isinstance(func.value, ast.Name) and func.value.id not in imported_as(source)
    if isinstance(func, ast.Subscript | ast.Call):
        return True
    if not isinstance(func, ast.Name) or func.id in imported_as(source):
        return False
    return not any(getattr(node, "name", None) == func.id for node in source.tree.body)


def imported_as(source: Source) -> dict[str, str]:
    """What each imported name of the file stands for: `{"nn": "torch.nn"}`."""
    names: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{'.' * node.level}{node.module or ''}.{alias.name}"
    return names


def named_in(source: Source, module: str, name: str) -> str | None:
    """How a file can name what this module has, by its import of the most: `layers.Dense` of `keras.layers`."""
    found = {
        stands_for: known if stands_for == f"{module}.{name}" else f"{known}{module.removeprefix(stands_for)}.{name}"
        for known, stands_for in imported_as(source).items()
        if stands_for in (module, f"{module}.{name}") or module.startswith(f"{stands_for}.")
    }
    return found[max(found, key=len)] if found else None


def keras_layer_in(source: Source, name: str) -> str | None:
    """How a file can name a layer of Keras; None where it imports nothing that leads there."""
    return named_in(source, "keras.layers", name) or named_in(source, "tensorflow.keras.layers", name)


def argument_of(call: ast.Call, keyword: str | None, position: int | None) -> ast.expr | None:
    """The argument of a call by its keyword, else its position; None where it is not written, or behind a star."""
    for given in call.keywords:
        if keyword is not None and given.arg == keyword:
            return given.value
    if position is not None and position < len(call.args):
        if any(isinstance(argument, ast.Starred) for argument in call.args[: position + 1]):
            return None
        return call.args[position]
    return None


def expressions_at(source: Source, location: Location, text: str) -> Iterator[ast.expr]:
    """The expressions on this line whose source is `text`, whatever its spacing."""
    try:
        wanted = ast.dump(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.expr) and covers(node, location.line) and ast.dump(node) == wanted:
            yield node


def on_a_line_of_its_own(source: Source, statement: ast.stmt) -> ast.stmt:
    """The statement, or the one around it that begins on its line: `for w in weights: w.trainable = False`."""
    around = (one for one in source.up(statement) if isinstance(one, ast.stmt))
    return next((one for one in around if one.lineno == statement.lineno), statement)


def statement_at(source: Source, line: int) -> ast.stmt | None:
    """The innermost statement that stands on this line."""
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.stmt) and covers(node, line)]
    return max(found, key=lambda node: (node.lineno, -(node.end_lineno or 0), node.col_offset), default=None)
