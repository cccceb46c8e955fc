"""Expressions and calls, changed: what was written keeps its form."""

from collections.abc import Callable

import libcst as cst

_ATOMS = (
    cst.Name,
    cst.Attribute,
    cst.Call,
    cst.Subscript,
    cst.BaseString,
    cst.Integer,
    cst.Float,
    cst.BaseList,
    cst.BaseDict,
    cst.Set,
)
_HOLE = "whynorm_hole"
_TIGHT: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Attribute: ("value",),
    cst.Subscript: ("value",),
    cst.Call: ("func",),
    cst.BinaryOperation: ("left", "right"),
    cst.UnaryOperation: ("expression",),
}
"""Where an expression binds tighter than most: there another one needs parentheses."""
_NOTHING = cst.SimpleWhitespace("")
_END_OF_LINE = cst.TrailingWhitespace()


def is_atom(node: cst.BaseExpression) -> bool:
    """Whether an expression needs no parentheses, wherever it stands."""
    return bool(node.lpar) or isinstance(node, _ATOMS)


def parenthesised(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression, in parentheses if it needs them in the midst of another."""
    if is_atom(node):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def filled(template: str, node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression `template` with this one in the place of `{}`, in parentheses where it needs them there."""

    class Fill(cst.CSTTransformer):
        def on_leave(  # type: ignore[override]
            self, original: cst.CSTNode, updated: cst.CSTNode
        ) -> cst.CSTNode:
            if isinstance(original, cst.Name) and original.value == _HOLE:
                return node
            for field in _TIGHT.get(type(original), ()):
                inside = getattr(original, field)
                if isinstance(inside, cst.Name) and inside.value == _HOLE:
                    updated = updated.with_changes(**{field: parenthesised(node)})
            return updated

    result = cst.parse_expression(template.replace("{}", _HOLE)).visit(Fill())
    assert isinstance(result, cst.BaseExpression)
    return result


def renamed(func: cst.BaseExpression, name: str) -> cst.BaseExpression:
    """The callee under another last name."""
    if isinstance(func, cst.Attribute):
        return func.with_changes(attr=cst.Name(name))
    return cst.Name(name)


def with_other_keyword(old: str, keyword: str, value: str) -> Callable[[cst.Call], cst.Call]:
    """Give another keyword argument in the place of one."""

    def put(call: cst.Call) -> cst.Call:
        return call.with_changes(
            args=[
                one.with_changes(keyword=cst.Name(keyword), value=cst.parse_expression(value))
                if one.keyword is not None and one.keyword.value == old
                else one
                for one in call.args
            ]
        )

    return put


def without_keyword(keyword: str) -> Callable[[cst.Call], cst.Call]:
    """Leave a keyword argument out."""
    return _without(lambda _, one: one.keyword is not None and one.keyword.value == keyword)


def without_argument(position: int) -> Callable[[cst.Call], cst.Call]:
    """Leave out the argument at a position."""
    return _without(lambda number, _: number == position)


def _without(left_out: Callable[[int, cst.Arg], bool]) -> Callable[[cst.Call], cst.Call]:
    def drop(call: cst.Call) -> cst.Call:
        kept = [one for number, one in enumerate(call.args) if not left_out(number, one)]
        if kept and call.args[-1] not in kept:
            last, before = call.args[-1], kept[-1].comma
            end = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
            behind = before.whitespace_after if isinstance(before, cst.Comma) else end
            if isinstance(end, cst.ParenthesizedWhitespace) and isinstance(behind, cst.ParenthesizedWhitespace):
                end = end.with_changes(first_line=behind.first_line)  # a comment behind what stays stays with it
            ended = isinstance(last.comma, cst.Comma)
            comma = cst.Comma(whitespace_after=end) if ended else cst.MaybeSentinel.DEFAULT
            kept[-1] = kept[-1].with_changes(comma=comma, whitespace_after_arg=_NOTHING if ended else end)
        return call.with_changes(args=kept)

    return drop


def with_keyword(keyword: str, value: str) -> Callable[[cst.Call], cst.Call]:
    """Add a keyword argument, on a line of its own where the others have theirs."""

    def add(call: cst.Call) -> cst.Call:
        new = cst.Arg(
            keyword=cst.Name(keyword),
            value=cst.parse_expression(value),
            equal=cst.AssignEqual(_NOTHING, _NOTHING),
        )
        arguments = list(call.args)
        if not arguments:
            return call.with_changes(args=[new])
        last = arguments[-1]
        if isinstance(last.value, cst.GeneratorExp) and not last.value.lpar:
            last = last.with_changes(value=last.value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
        between = _between(call)
        ended = last.comma if isinstance(last.comma, cst.Comma) else None
        end = ended.whitespace_after if ended is not None else last.whitespace_after_arg
        if isinstance(between, cst.ParenthesizedWhitespace) and isinstance(end, cst.ParenthesizedWhitespace):
            # The comment behind the last argument stays with it.
            between = between.with_changes(first_line=end.first_line)
            end = end.with_changes(first_line=_END_OF_LINE)
        kept = last.with_changes(comma=cst.Comma(whitespace_after=between), whitespace_after_arg=_NOTHING)
        if ended is not None:
            new = new.with_changes(comma=ended.with_changes(whitespace_after=end))
        else:
            new = new.with_changes(whitespace_after_arg=end)
        return call.with_changes(args=[*arguments[:-1], kept, new])

    return add


def _between(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """What stands between two arguments of this call: a line break with its indent where each has its own line."""
    comma = call.args[-2].comma if len(call.args) > 1 else None
    space = comma.whitespace_after if isinstance(comma, cst.Comma) else call.whitespace_before_args
    return _without_comment(space) if isinstance(space, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" ")


def _without_comment(space: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    return space.with_changes(first_line=_END_OF_LINE, empty_lines=())


def bare(comma: cst.Comma) -> cst.Comma:
    """The comma with its line break, but without the comment behind it."""
    space = comma.whitespace_after
    return (
        comma.with_changes(whitespace_after=_without_comment(space))
        if isinstance(space, cst.ParenthesizedWhitespace)
        else comma
    )


def with_arguments(arguments: str) -> Callable[[cst.Call], cst.Call]:
    """Put other arguments into a call's parentheses."""

    def change(call: cst.Call) -> cst.Call:
        model = cst.parse_expression(f"f({arguments})")
        assert isinstance(model, cst.Call)
        return call.with_changes(args=model.args, whitespace_before_args=cst.SimpleWhitespace(""))

    return change
