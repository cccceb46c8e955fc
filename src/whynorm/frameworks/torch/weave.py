"""Watching a function from inside its own code: no wrapper, no frame, no hook.

A function is compiled again from its source, in place, with a call of ours at its start or where an exception leaves
it. It stays the same object under the same name in the same file with the same line numbers: tracebacks, pickles,
`inspect`, TorchScript (which reads the source) and subclasses see no difference. An exception's guard costs nothing
while nothing raises: entering a `try` is free from Python 3.11 on.
"""

import __future__

import ast
import functools
import inspect
import linecache
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

from whynorm.frameworks.torch.versions import is_compiling

Undo = Callable[[], None]
_Rewrite = Callable[[ast.FunctionDef, str], None]

_FUTURE = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


def on_error(function: types.FunctionType, seen: Callable[[], None]) -> Undo | None:
    """Have `seen()` called while an exception leaves the function; it finds it in `sys.exc_info()`.

    `seen` must not raise. Returns what undoes it, or None where the source is not there or does not fit: then nothing
    is changed.
    """
    return _weave(function, seen, "error", _guarded)


def at_call(function: types.FunctionType, arguments: tuple[str, ...], seen: Callable[..., None]) -> Undo | None:
    """Have `seen(*arguments)` called first, with the function's arguments of these names, at each call in eager mode.

    A compiler that traces the function leaves it out. `seen` must not raise. Returns as `on_error` does.
    """
    return _weave(function, seen, "call", functools.partial(_announced, arguments))


def with_argument(function: types.FunctionType, argument: str, changed: Callable[[Any], Any]) -> Undo | None:
    """Have the function go on with `changed(argument)` in the place of the argument of this name.

    `changed` must not raise. Returns as `on_error` does.
    """
    return _weave(function, changed, "argument", functools.partial(_replaced, argument))


def _weave(function: types.FunctionType, seen: Callable[..., None], when: str, rewrite: _Rewrite) -> Undo | None:
    before = function.__code__
    name = f"_whynorm_{when}_{function.__qualname__.replace('.', '_')}"
    code = _rewritten(before, name, rewrite)
    if code is None:
        return None
    function.__globals__[name] = seen
    function.__globals__[_COMPILING] = is_compiling
    function.__code__ = code

    def undo() -> None:
        if function.__code__ is code:
            function.__code__ = before
            del function.__globals__[name]

    return undo


_COMPILING = "_whynorm_is_compiling"


def _guarded(function: ast.FunctionDef, name: str) -> None:
    start = 1 if ast.get_docstring(function) is not None else 0
    handler = ast.parse(f"try: pass\nexcept BaseException:\n if not {_COMPILING}(): {name}()\n raise").body[0]
    assert isinstance(handler, ast.Try)
    _stands_at(handler, function.body[-1])
    handler.body = function.body[start:]
    function.body[start:] = [handler]


def _announced(arguments: tuple[str, ...], function: ast.FunctionDef, name: str) -> None:
    start = 1 if ast.get_docstring(function) is not None else 0
    call = ast.parse(f"if not {_COMPILING}(): {name}({', '.join(arguments)})").body[0]
    _stands_at(call, function.body[start])
    function.body.insert(start, call)


def _replaced(argument: str, function: ast.FunctionDef, name: str) -> None:
    start = 1 if ast.get_docstring(function) is not None else 0
    change = ast.parse(f"{argument} = {name}({argument})").body[0]
    _stands_at(change, function.body[start])
    function.body.insert(start, change)


def _stands_at(made: ast.stmt, place: ast.stmt) -> None:
    for node in ast.walk(made):
        if isinstance(node, ast.stmt | ast.expr | ast.excepthandler):
            ast.copy_location(node, place)


def _rewritten(before: types.CodeType, name: str, rewrite: _Rewrite) -> types.CodeType | None:
    """The code with the call in it; None where it cannot be made to fit."""
    if before.co_freevars not in ((), ("__class__",)):
        return None
    try:
        tree = _parsed(before)
    except (OSError, TypeError, SyntaxError):
        return None
    function = tree.body[0] if tree.body else None
    if isinstance(function, ast.If):
        function = function.body[0]
    if not isinstance(function, ast.FunctionDef) or function.name != before.co_name:
        return None
    function.decorator_list = []
    rewrite(function, name)
    tree.body = [_around(function) if before.co_freevars else function]
    code: types.CodeType = compile(tree, before.co_filename, "exec", flags=before.co_flags & _FUTURE, dont_inherit=True)
    for _ in range(len(before.co_freevars) + 1):
        code = next(one for one in code.co_consts if isinstance(one, types.CodeType))
    arguments = before.co_argcount + before.co_kwonlyargcount
    if code.co_varnames[:arguments] != before.co_varnames[:arguments] or code.co_freevars != before.co_freevars:
        return None
    if not _names(before) <= _names(code):  # the file has changed, or a name means something else outside of its class
        return None
    names: dict[str, Any] = {"co_qualname": before.co_qualname} if hasattr(before, "co_qualname") else {}
    return code.replace(co_firstlineno=before.co_firstlineno, **names)


def _around(function: ast.FunctionDef) -> ast.stmt:
    """A function in which `super()` finds its class."""
    around = ast.parse("def around(__class__): pass").body[0]
    assert isinstance(around, ast.FunctionDef)
    around.body = [function]
    return around


def _parsed(code: types.CodeType) -> ast.Module:
    """The function's own lines, each where it stands in its file; empty where they are not there.

    Columns stay as they are, for the carets of tracebacks: a method keeps its indentation.
    """
    first = code.co_firstlineno
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename)[first - 1 : _last_line(code)]
    if not lines:
        return ast.parse("")
    above = "\n" * (first - 2) + "if True:\n" if lines[0][:1].isspace() else "\n" * (first - 1)
    try:
        return ast.parse(above + "".join(lines))
    except SyntaxError:  # the last line that has code is not the last one of its text
        return ast.parse(above + "".join(inspect.getsourcelines(code)[0]))


def _last_line(code: types.CodeType) -> int:
    """The last line of which there is code."""
    own = [line for _, _, line in code.co_lines() if line is not None]
    return max(*own, code.co_firstlineno, *(map(_last_line, _inner(code))))


def _names(code: types.CodeType) -> set[str]:
    """The global names and the attributes that the code uses."""
    return set(code.co_names).union(*map(_names, _inner(code)))


def _inner(code: types.CodeType) -> Iterator[types.CodeType]:
    return (one for one in code.co_consts if isinstance(one, types.CodeType))
