"""Symbolic expressions of torch as Python text."""

from collections.abc import Callable, Mapping
from typing import Any

import sympy


def source(expression: Any, names: Mapping[Any, str]) -> tuple[str, set[str]]:
    """The expression as Python text over these names, and which of them it holds.

    Raises `NotImplementedError` for what Python has no word for.
    """
    symbols = expression.free_symbols
    if not all(symbol in names for symbol in symbols):
        raise NotImplementedError(f"{expression} holds more than sizes")
    return _text(expression, names), {names[symbol] for symbol in symbols}


def _text(node: Any, letters: Mapping[Any, str]) -> str:
    if node.is_Symbol:
        return letters[node]
    if node is sympy.true or node is sympy.false:
        return str(bool(node))
    if node.is_Integer or isinstance(node, sympy.Float):
        return str(node)
    if node.is_Rational:
        return f"({node.p} / {node.q})"
    name = type(node).__name__
    write = _WRITERS.get(name)
    if write is None:
        raise NotImplementedError(name)
    return write([_text(argument, letters) for argument in _ordered(node)])


def _ordered(node: Any) -> Any:
    if isinstance(node, (sympy.Add, sympy.Mul)):
        return node.as_ordered_terms() if isinstance(node, sympy.Add) else node.as_ordered_factors()
    return node.args


def _in(text: str) -> str:
    """The text in brackets, unless it is one name or number."""
    return text if text.isidentifier() or text.isdecimal() or _enclosed(text) else f"({text})"


def _enclosed(text: str) -> bool:
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for number, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and number < len(text) - 1:
            return False
    return True


def _add(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") and part[1:].isdecimal() else f" + {part}"
    return text


def _between(operator: str) -> Callable[[list[str]], str]:
    return lambda parts: f" {operator} ".join(map(_in, parts))


def _comparing(operator: str) -> Callable[[list[str]], str]:
    def side(text: str) -> str:
        return f"({text})" if any(word in text for word in _LOOSE) else text

    return lambda parts: f" {operator} ".join(map(side, parts))


_LOOSE = (" and ", " or ", "not ", " if ", "==", "!=", "<", ">")
"""What binds no tighter than a comparison."""


def _called(name: str) -> Callable[[list[str]], str]:
    return lambda parts: f"{name}({', '.join(parts)})"


def _power(parts: list[str]) -> str:
    base, exponent = parts
    if exponent.isdecimal() and int(exponent) <= 8:
        return " * ".join([_in(base)] * int(exponent))
    return f"{_in(base)} ** {_in(exponent)}"


_WRITERS: dict[str, Callable[[list[str]], str]] = {
    "Add": _add,
    "Mul": _between("*"),
    "Pow": _power,
    "PowByNatural": _power,
    "FloatPow": _power,
    "FloorDiv": _between("//"),
    "CleanDiv": _between("//"),
    "CeilDiv": lambda parts: f"-(-{_in(parts[0])} // {_in(parts[1])})",
    "Mod": _between("%"),
    "PythonMod": _between("%"),
    "ModularIndexing": lambda parts: f"({_in(parts[0])} // {_in(parts[1])}) % {_in(parts[2])}",
    "IntTrueDiv": _between("/"),
    "FloatTrueDiv": _between("/"),
    "Max": _called("max"),
    "Min": _called("min"),
    "floor": _called("floor"),
    "ceiling": _called("ceil"),
    "FloorToInt": _called("floor"),
    "CeilToInt": _called("ceil"),
    "TruncToInt": _called("int"),
    "RoundToInt": _called("round"),
    "TruncToFloat": _called("int"),
    "ToFloat": lambda parts: _in(parts[0]),
    "Identity": lambda parts: _in(parts[0]),
    "OpaqueUnaryFn_sqrt": _called("sqrt"),
    "Abs": _called("abs"),
    "Equality": _comparing("=="),
    "Unequality": _comparing("!="),
    "StrictLessThan": _comparing("<"),
    "LessThan": _comparing("<="),
    "StrictGreaterThan": _comparing(">"),
    "GreaterThan": _comparing(">="),
    "And": _between("and"),
    "Or": _between("or"),
    "Not": lambda parts: f"not {_in(parts[0])}",
    "Where": lambda parts: f"({parts[1]} if {parts[0]} else {parts[2]})",
}
