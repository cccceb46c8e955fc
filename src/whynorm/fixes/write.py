"""Edits, carried out on the files they name."""

import ast
import os
from collections.abc import Sequence
from pathlib import Path

from whynorm.facts import Location
from whynorm.facts.change import Arrange, Edit, Insert, Rename, Replace, SetArgument, Wrap
from whynorm.fixes.arrange import arranged
from whynorm.fixes.calls import with_arguments, with_keyword
from whynorm.fixes.diff import unified
from whynorm.fixes.file import Editor, Misfit
from whynorm.source.files import Source, is_library
from whynorm.source.places import argument_of, call_at, expressions_at, source_at, statement_at


def written(edits: Sequence[Edit]) -> str | None:
    """The edits as one unified diff; None where one of them cannot be made."""
    desk = Desk()
    try:
        for edit in edits:
            make(edit, desk)
        return unified(desk.results())
    except Misfit:
        return None


class Desk:
    """The files that are being edited."""

    def __init__(self) -> None:
        self._editors: dict[str, tuple[Editor, bytes]] = {}

    def open(self, location: Location) -> tuple[Source, Editor]:
        """The source of a location and its editor. Raises `Misfit` where it is not the user's, or has changed."""
        source = source_at(location)
        if source is None:
            raise Misfit
        return source, self.editor(source)

    def editor(self, source: Source) -> Editor:
        """The editor of a file. Raises `Misfit` where it is not the user's."""
        file = os.path.realpath(source.file)
        if file not in self._editors:
            if is_library(file) or not os.path.isfile(file):
                raise Misfit
            data = Path(file).read_bytes()
            self._editors[file] = Editor(source, data), data
        return self._editors[file][0]

    def call(self, location: Location, callee: str) -> tuple[Source, Editor, ast.Call]:
        """The call of `callee` at a location. Raises `Misfit` where it is not there."""
        source, editor = self.open(location)
        call = call_at(source, location, callee)
        if call is None:
            raise Misfit
        return source, editor, call

    def results(self) -> list[tuple[str, bytes, bytes, str]]:
        """Each file's name, old and new content, and encoding."""
        return [(file, data, editor.text(), editor.module.encoding) for file, (editor, data) in self._editors.items()]


def make(edit: Edit, desk: Desk) -> None:
    """Carry out one edit. Raises `Misfit` where it does not fit."""
    match edit:
        case SetArgument():
            set_argument(edit, desk)
        case Rename():
            rename(edit, desk)
        case Replace(location, old, new):
            source, editor = desk.open(location)
            found = list(expressions_at(source, location, old))
            if not found:
                raise Misfit
            for node in found:
                editor.replace(node, new)
        case Wrap(location, callee, argument, template, result):
            _, editor, call = desk.call(location, callee)
            given = (
                argument_of(call, argument, None) if isinstance(argument, str) else argument_of(call, None, argument)
            )
            if given is None:
                raise Misfit
            editor.replace(given, template)
            if result != "{}":
                editor.replace(call, result)
        case Insert(location, text, after):
            source, editor = desk.open(location)
            statement = statement_at(source, location.line)
            if statement is None:
                raise Misfit
            editor.statement(statement, text, after=after)
        case Arrange():
            source, node, template = arranged(edit)
            desk.editor(source).replace(node, template)


def set_argument(edit: SetArgument, desk: Desk) -> None:
    """Set an argument of a call, or add it."""
    _, editor, call = desk.call(edit.location, edit.callee)
    given = argument_of(call, edit.keyword, edit.position)
    if given is not None:
        editor.replace(given, edit.value)
    elif edit.keyword is not None:
        editor.call(call, with_keyword(edit.keyword, edit.value))
    else:
        raise Misfit


def rename(edit: Rename, desk: Desk) -> None:
    """Call something else of the same module."""
    _, editor, call = desk.call(edit.location, edit.callee)
    editor.rename(call.func, edit.name)
    if edit.arguments is not None:
        editor.call(call, with_arguments(edit.arguments))
