"""The files that are being edited."""

import ast
import os
from pathlib import Path

from whynorm.facts import Location
from whynorm.fixes.file import Editor, Misfit
from whynorm.source.files import Source, is_library
from whynorm.source.places import call_at, source_at


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
