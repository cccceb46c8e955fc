"""Edits, carried out on the files they name."""

import ast
import os
from collections.abc import Sequence
from pathlib import Path

import libcst as cst

from whynorm.facts.change import (
    AddParameter,
    Arrange,
    Behind,
    Carry,
    Declare,
    Drop,
    Edit,
    Enclose,
    Ensure,
    FromAxis,
    ImportFrom,
    Infer,
    Insert,
    Omit,
    OpenEnd,
    Project,
    Ready,
    Rename,
    Replace,
    SetArgument,
    SetSize,
    SetText,
    SetTogether,
    Thread,
    ToSize,
    Unflag,
    Unwrap,
    Wrap,
    WrapOperand,
)
from whynorm.fixes.arrange import arranged
from whynorm.fixes.calls import with_arguments, without_argument, without_keyword
from whynorm.fixes.desk import Desk
from whynorm.fixes.diff import unified
from whynorm.fixes.file import Editor, Misfit
from whynorm.fixes.keras_inputs import behind, declare
from whynorm.fixes.keras_layers import enclose, ensure, open_end
from whynorm.fixes.loops import carry
from whynorm.fixes.modes import infer, ready
from whynorm.fixes.numbers import set_argument, set_size
from whynorm.fixes.operands import operand_of, project, to_size
from whynorm.fixes.reduced import from_axis, own
from whynorm.fixes.renaming import given_to, handing_on, made_by
from whynorm.fixes.tables import look_up
from whynorm.fixes.threaded import thread
from whynorm.fixes.together import set_together
from whynorm.fixes.unflagged import unflag
from whynorm.source.built import reached
from whynorm.source.files import Source, is_library
from whynorm.source.places import (
    argument_of,
    covers,
    dotted,
    expressions_at,
    imported_as,
    on_a_line_of_its_own,
    statement_at,
)
from whynorm.source.running import Value
from whynorm.source.values import written as written_at


def written(edits: Sequence[Edit]) -> str | None:
    """The edits as one unified diff; None where one of them cannot be made."""
    desk = Desk()
    try:
        if len(edits) == 1 and isinstance(edits[0], SetText):
            return unified([in_text(edits[0])])
        for edit in edits:
            make(edit, desk)
        return unified(desk.results())
    except (Misfit, cst.ParserSyntaxError):
        return None


def make(edit: Edit, desk: Desk) -> None:
    """Carry out one edit. Raises `Misfit` where it does not fit."""
    match edit:
        case SetArgument():
            set_argument(edit, desk)
        case SetTogether():
            set_together(edit, desk)
        case Drop():
            drop(edit, desk)
        case Enclose():
            enclose(edit, desk)
        case Behind():
            behind(edit, desk)
        case Declare():
            declare(edit, desk)
        case Ensure():
            ensure(edit, desk)
        case OpenEnd():
            open_end(edit, desk)
        case Omit():
            omit(edit, desk)
        case Rename():
            rename(edit, desk)
        case Replace(location, old, new, imports):
            source, editor = desk.open(location)
            found = list(expressions_at(source, location, old))
            if not found:
                raise Misfit
            for node in found:
                editor.replace(node, new)
            if imports is not None and imports not in imported_as(source):
                first = next(one for one in source.tree.body if isinstance(one, ast.Import | ast.ImportFrom))
                editor.statement(first, f"import {imports}")
        case Wrap():
            wrap(edit, desk)
        case FromAxis():
            from_axis(edit, desk)
        case WrapOperand(location, branch, template, operator):
            source, editor = desk.open(location)
            editor.replace(operand_of(source, location, branch, operator), template)
        case Project():
            project(edit, desk)
        case ToSize():
            to_size(edit, desk)
        case Carry():
            carry(edit, desk)
        case SetSize():
            set_size(edit, desk)
        case Unwrap(location, callee, result):
            source, editor, call = desk.call(location, callee)
            outer = source.parents.get(call)
            if result:
                if not isinstance(outer, ast.Call) or outer.func is not call:
                    raise Misfit
                call = outer
            if not call.args or isinstance(call.args[0], ast.Starred):
                raise Misfit
            editor.replace(call, source.segment(call.args[0]))
        case Insert(location, text, after):
            source, editor = desk.open(location)
            statement = statement_at(source, location.line)
            if statement is None:
                raise Misfit
            editor.statement(on_a_line_of_its_own(source, statement), text, after=after)
        case AddParameter():
            add_parameter(edit, desk)
        case Unflag():
            try:
                unflag(edit, desk)
            except Misfit:
                if edit.otherwise is None:
                    raise
                make(edit.otherwise, desk)
        case ImportFrom(location, module):
            source, editor = desk.open(location)
            statement = statement_at(source, location.line)
            if not isinstance(statement, ast.ImportFrom):
                raise Misfit
            editor.import_from(statement, module)
        case Infer():
            infer(edit, desk)
        case Ready():
            ready(edit, desk)
        case Thread():
            thread(edit, desk)
        case Arrange():
            arrange(edit, desk)


def in_text(edit: SetText) -> tuple[str, bytes, bytes, str]:
    """A file's name, its old and new content, and encoding. Raises `Misfit` where the text is not there any more."""
    place = edit.location
    file = os.path.realpath(place.file)
    if is_library(file) or place.column is None:
        raise Misfit
    try:
        data = Path(file).read_bytes()
        lines = data.decode().split("\n")
    except (OSError, UnicodeDecodeError):
        raise Misfit from None
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if line.strip() != place.code or not line.startswith(edit.old, place.column):
        raise Misfit
    lines[place.line - 1] = line[: place.column] + edit.new + line[place.column + len(edit.old) :]
    return file, data, "\n".join(lines).encode(), "utf-8"


def arrange(edit: Arrange, desk: Desk) -> None:
    """Set a tensor's axes right where it is made, else where the edit says."""
    try:
        source, node, template = arranged(edit)
        editor = desk.editor(source)
    except Misfit:
        if edit.otherwise is None:
            raise
        wrap(edit.otherwise, desk)
        return
    editor.replace(node, template)


def drop(edit: Drop, desk: Desk) -> None:
    """Leave an argument out."""
    source, editor = desk.open(edit.location)
    found = [
        call
        for call in source.calls
        if covers(call, edit.location.line)
        if any(one.arg == edit.keyword and ast.unparse(one.value) == edit.value for one in call.keywords)
    ]
    if len(found) != 1:
        raise Misfit
    editor.call(found[0], without_keyword(edit.keyword))


def omit(edit: Omit, desk: Desk) -> None:
    """Leave out an argument that is given by its position, the last such one."""
    _, editor, call = desk.call(edit.location, edit.callee)
    if len(call.args) <= edit.position:
        set_argument(edit.otherwise, desk)
        return
    if len(call.args) > edit.position + 1 or any(isinstance(one, ast.Starred) for one in call.args):
        raise Misfit
    editor.call(call, without_argument(edit.position))


def add_parameter(edit: AddParameter, desk: Desk) -> None:
    """Have a function take one more argument."""
    source, editor = desk.open(edit.location)
    line = edit.location.line
    functions = (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    found = [node for node in functions if min([node, *node.decorator_list], key=lambda one: one.lineno).lineno == line]
    if len(found) != 1:
        raise Misfit
    editor.parameter(found[0], edit.name, edit.default)


def wrap(edit: Wrap, desk: Desk) -> None:
    """Transform an argument of a call, and what the call returns."""
    source, editor, call = desk.call(edit.location, edit.callee)
    given = own(source, call) if edit.argument == "self" else _given(call, edit.argument)
    if isinstance(edit.argument, str) and isinstance(given, ast.Tuple) and given.elts:
        given = given.elts[0]
    if given is None:
        raise Misfit
    template, result = edit.template, edit.result
    if edit.simple is not None and not any(isinstance(node, ast.Call) for node in ast.walk(given)):
        template, result = edit.simple
    editor.replace(given, template)
    if result != "{}":
        text = source.segment(given)
        editor.replace(
            call,
            result.replace(
                "{argument}", text if isinstance(given, ast.Name | ast.Attribute | ast.Subscript) else f"({text})"
            ),
        )


def _given(call: ast.Call, argument: int | str) -> ast.expr | None:
    return argument_of(call, argument, None) if isinstance(argument, str) else argument_of(call, None, argument)


def rename(edit: Rename, desk: Desk) -> None:
    """Call something else of the same module; where the callee is a variable, what was written for it."""
    source, editor, call = desk.call(edit.location, edit.callee)
    wanted = edit.callee.split(".")[-1]
    if _names(source, call.func, wanted):
        _rename_in(source, editor, call.func, edit.name)
        if edit.arguments is not None:
            editor.call(call, with_arguments(handing_on(edit, source, call)))
        return
    if edit.arguments is None and look_up(edit, source, call, desk):
        return
    found = written_at(Value(call.func, reached(edit.location, source, call)))
    node, where, _ = found.value
    inner, parameter = made_by(where.source, node, call) or (None, "")
    if inner is not None and _names(where.source, inner.func, wanted):
        maker = desk.editor(where.source)
        _rename_in(where.source, maker, inner.func, edit.name)
        if edit.arguments is not None:
            maker.call(inner, with_arguments(given_to(edit, parameter)))
        return
    if not isinstance(node, ast.Name | ast.Attribute) or not _names(where.source, node, wanted):
        raise Misfit
    if found.alone and edit.arguments:
        if not isinstance(node, ast.Attribute) or len(call.args) != 1 or call.keywords:
            raise Misfit
        written = f"{where.source.segment(node.value)}.{edit.name}({given_to(edit, 'channels')})"
        desk.editor(where.source).replace(node, f"lambda channels: {written}")
    elif found.alone:
        _rename_in(where.source, desk.editor(where.source), node, edit.name)
    elif isinstance(node, ast.Attribute) and _means_the_same(node, where.source, source):
        editor.replace(call.func, f"{source.segment(node.value)}.{edit.name}")
        if edit.arguments is not None:
            editor.call(call, with_arguments(handing_on(edit, source, call)))
    else:
        raise Misfit


def _names(source: Source, func: ast.expr, wanted: str) -> bool:
    """Whether an expression is the callee's name, and not a variable that holds it."""
    if isinstance(func, ast.Attribute):
        return func.attr == wanted
    return isinstance(func, ast.Name) and (imported_as(source).get(func.id, func.id).split(".")[-1] == wanted)


def _means_the_same(node: ast.Attribute, there: Source, here: Source) -> bool:
    root = (dotted(node) or "").split(".")[0]
    return root in imported_as(here) and imported_as(here)[root] == imported_as(there).get(root)


def _rename_in(source: Source, editor: Editor, func: ast.expr, name: str) -> None:
    if isinstance(func, ast.Attribute):
        editor.rename(func, name)
        return
    assert isinstance(func, ast.Name)
    known = imported_as(source)
    module = known.get(func.id, "").rpartition(".")[0]
    alias = next((own for own, full in known.items() if module and full == f"{module}.{name}"), None)
    if alias is not None:
        editor.rename(func, alias)
        return
    holder = next((own for own, full in known.items() if full == (module or "torch.nn")), None)
    if holder is not None:
        editor.replace(func, f"{holder}.{name}")
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == func.id for one in node.names):
            editor.import_also(node, name)
            editor.rename(func, name)
            return
    raise Misfit
