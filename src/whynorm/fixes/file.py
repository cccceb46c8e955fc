"""Changes to the nodes of one file, and the text that comes of them: formatting and comments stay."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from whynorm.fixes.calls import bare, filled, parenthesised, renamed
from whynorm.source.files import Source
from whynorm.source.places import imported_as

Change = Callable[[cst.CSTNode], cst.CSTNode]
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_Beside = Statement | cst.BaseSmallStatement


class Misfit(Exception):
    """An edit does not fit the source."""


class _Tree(NamedTuple):
    """A file's tree, and its nodes by where they stand: first line and column, last line and column."""

    module: cst.Module
    places: Mapping[tuple[int, int, int, int], Sequence[cst.CSTNode]]
    statements: Mapping[tuple[int, int], Statement]


@lru_cache(maxsize=8)
def _tree(data: bytes) -> _Tree:
    """The tree of a file of this content; nobody changes its nodes."""
    wrapper = MetadataWrapper(cst.parse_module(data))
    places: dict[tuple[int, int, int, int], list[cst.CSTNode]] = {}
    statements: dict[tuple[int, int], Statement] = {}
    for node, span in wrapper.resolve(PositionProvider).items():
        key = (span.start.line, span.start.column, span.end.line, span.end.column)
        places.setdefault(key, []).append(node)
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            statements[key[:2]] = node
    return _Tree(wrapper.module, places, statements)


class Editor:
    """Collects changes to the nodes of one file; several on one node are made in their order."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.source = source
        try:
            self.module, self._places, self._statements = _tree(data)
        except (cst.ParserSyntaxError, UnicodeDecodeError, LookupError) as error:
            raise Misfit from error
        self._changes: dict[cst.CSTNode, list[Change]] = {}
        self._imports_torch = False
        self._beside: dict[cst.CSTNode, tuple[list[_Beside], list[_Beside]]] = {}

    def _expression(self, node: ast.expr) -> cst.BaseExpression:
        for inset in (0, 1):  # a tuple's own parentheses count in one tree and not in the other
            for candidate in self._at(node, inset):
                if isinstance(candidate, cst.BaseExpression):
                    return candidate
        raise Misfit

    def _at(self, node: ast.expr | ast.stmt, inset: int = 0) -> Sequence[cst.CSTNode]:
        """The nodes that stand just where this one does, or so many columns further in."""
        first = self.source.column(node)
        last_line = node.end_lineno or node.lineno
        last = len(self.source.lines[last_line - 1].encode()[: node.end_col_offset].decode(errors="replace"))
        return self._places.get((node.lineno, first + inset, last_line, last - inset), ())

    def replace(self, node: ast.expr, template: str) -> None:
        """Put another expression in this one's place; `{}` in it stands for what was there."""
        bound, template = not self._loose(node), self._in_its_names(template)

        def put(old: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(old, cst.BaseExpression)
            new = filled(template, old)
            return parenthesised(new) if bound else new

        self._add(self._expression(node), put)

    def _in_its_names(self, template: str) -> str:
        """A template that names torch, as the file imports it; where it imports nothing of it, that is imported."""
        known = imported_as(self.source)
        if not re.search(r"\btorch\.", template) or known.get("torch") == "torch":
            return template
        for full in ("torch.nn.functional", "torch.nn"):
            alias = next((own for own, meant in known.items() if meant == full), None)
            if alias is not None and f"{full}." in template:
                return template.replace(f"{full}.", f"{alias}.")
        first = next((one for one in self.source.tree.body if isinstance(one, ast.Import | ast.ImportFrom)), None)
        if first is None:
            raise Misfit
        if not self._imports_torch:
            self.statement(first, "import torch")
        self._imports_torch = True
        return template

    def rename(self, func: ast.expr, name: str) -> None:
        """Give a callee another last name."""

        def put(old: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(old, cst.BaseExpression)
            return renamed(old, name)

        self._add(self._expression(func), put)

    def import_also(self, node: ast.ImportFrom, name: str) -> None:
        """Import one more name of the module that this statement imports from."""

        def add(old: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(old, cst.ImportFrom)
            if isinstance(old.names, cst.ImportStar) or any(one.name.value == name for one in old.names):
                return old
            last = old.names[-1]
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            if len(old.names) > 1 and isinstance(old.names[-2].comma, cst.Comma):
                comma = bare(old.names[-2].comma)
            new = cst.ImportAlias(cst.Name(name), comma=last.comma)
            return old.with_changes(names=[*old.names[:-1], last.with_changes(comma=comma), new])

        self._add(self._import(node), add)

    def import_from(self, node: ast.ImportFrom, module: str) -> None:
        """Import the names of this statement from another module."""

        def put(old: cst.CSTNode) -> cst.CSTNode:
            return old.with_changes(module=cst.parse_expression(module), relative=())

        self._add(self._import(node), put)

    def _import(self, node: ast.ImportFrom) -> cst.ImportFrom:
        start = (node.lineno, self.source.column(node))
        for place, candidates in self._places.items():
            for candidate in candidates if place[:2] == start else ():
                if isinstance(candidate, cst.ImportFrom):
                    return candidate
        raise Misfit

    def _loose(self, node: ast.expr) -> bool:
        """Whether an expression stands where anything may stand without parentheses."""
        around = self.source.parents.get(node)
        if isinstance(around, ast.Call):
            return node is not around.func
        return isinstance(around, ast.Assign | ast.AnnAssign | ast.Return | ast.keyword | ast.List | ast.Dict)

    def call(self, node: ast.Call, change: Callable[[cst.Call], cst.Call]) -> None:
        """Change a call."""
        self._add(self._expression(node), change)

    def statement(self, node: ast.stmt, new: str, *, after: bool = False) -> None:
        """Put statements before, or after, this one; on its line, where it stands behind a colon or a semicolon."""
        old: cst.CSTNode | None = self._statements.get((node.lineno, self.source.column(node)))
        if getattr(node, "decorator_list", None):
            raise Misfit
        added: Sequence[_Beside] = cst.parse_module(new, config=self.module.config_for_parsing).body
        if old is None:
            old = next((one for one in self._at(node) if isinstance(one, cst.BaseSmallStatement)), None)
            added = [small for one in added if isinstance(one, cst.SimpleStatementLine) for small in one.body]
        if old is None or not added:
            raise Misfit
        self._beside.setdefault(old, ([], []))[after].extend(added)

    def parameter(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, default: str) -> None:
        """Have a function take one more argument, behind those that it can be given by position."""
        old = self._statements.get((node.lineno, self.source.column(node)))
        if not isinstance(old, cst.FunctionDef):
            raise Misfit
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        new = cst.Param(cst.Name(name), default=cst.parse_expression(default), equal=equal)

        def add(old: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(old, cst.Parameters)
            return old.with_changes(params=[*old.params, new])

        self._add(old.params, add)

    def _add(self, node: cst.CSTNode, change: Callable[..., cst.CSTNode]) -> None:
        self._changes.setdefault(node, []).append(change)

    def text(self) -> bytes:
        """The whole file with the changes made. Raises `Misfit` where that would be no Python."""
        changes, beside = self._changes, self._beside

        class Make(cst.CSTTransformer):
            def on_leave(  # type: ignore[override]
                self, original: cst.CSTNode, updated: cst.CSTNode
            ) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode]:
                for change in changes.get(original, ()):
                    updated = change(updated)
                if original not in beside:
                    return updated
                before, after = beside[original]
                if before and isinstance(updated, Statement):
                    # a comment above the statement stays above what is put before it
                    lines = cast(cst.SimpleStatementLine, updated).leading_lines
                    before = [before[0].with_changes(leading_lines=lines), *before[1:]]
                    updated = updated.with_changes(leading_lines=())
                return cst.FlattenSentinel([*before, updated, *after])

        module = self.module.visit(Make())
        try:
            ast.parse(module.code)
        except SyntaxError as error:
            raise Misfit from error
        return module.bytes
