"""Sizes as symbols: torch's own symbolic integers, every decision on them kept, long expressions named."""

from typing import Any

import sympy
import torch
from torch._dynamo.source import ConstantSource
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv

from whynorm.sizing.expression import Expression
from whynorm.sizing.sources import source

_FRESH = ("conv", "max_pool", "avg_pool", "adaptive_", "lp_pool", "pad", "interpolate", "pixel_", "cat", "concat")
"""Operations whose result is a tensor of its own, laid out in order: its sizes may get names."""


class Env(ShapeEnv):  # type: ignore[misc]
    """Keeps every decision on sizes, in order, and simplifies nothing: each is only asked of the sizes at hand."""

    decisions: list[tuple[Any, Any, int]]
    position: int = 0
    """The operation at which a decision is made."""

    def evaluate_expr(self, orig_expr: Any, hint: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The value at the sizes at hand; it becomes a guard."""
        if not orig_expr.args and not orig_expr.is_Symbol:
            return orig_expr
        if hint is None:
            hint = self.size_hint_of(orig_expr)
        self.decisions.append((orig_expr, hint, self.position))
        return sympy.sympify(hint)

    def size_hint_of(self, expression: Any) -> Any:
        """The value of an expression at the sizes at hand."""
        known = getattr(self, "backed_var_to_val", None) or self.var_to_val
        return expression.xreplace(known)

    def replace(self, expr: Any) -> Any:
        """As it is: no symbol is ever found to be a number."""
        return expr

    def _maybe_evaluate_static(self, *args: Any, **kwargs: Any) -> Any:
        return None


class Names:
    """Names of expressions, the same for the same expression in every pass of one network."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}
        """By the text of the expression, which may itself hold names."""
        self.parts: dict[str, Expression] = {}
        """What each name stands for."""


class Symbols:
    """The symbols of one pass: a letter each, and one for each size that an operation makes of others."""

    def __init__(self, sizes: dict[str, int], names: Names) -> None:
        self.env = Env(specialize_zero_one=False, duck_shape=False)
        self.env.decisions = []
        self.names = names
        self.letters = {letter: self._symbol(letter, size) for letter, size in sizes.items()}
        self._named: dict[Any, str] = {number.node.expr: letter for letter, number in self.letters.items()}
        self._meant: dict[Any, Any] = {}
        """By symbol: what it stands for, in letters and earlier symbols."""
        self._numbers: dict[Any, Any] = {}
        self._written: dict[Any, Expression] = {}

    def _symbol(self, name: str, size: int) -> Any:
        origin = ConstantSource(name)
        symbol = self.env.create_symbol(size, origin, dynamic_dim=DimDynamic.DYNAMIC, constraint_dim=None)
        return self.env.create_symintnode(symbol, hint=size, source=origin)

    def shortened(self, result: Any, operation: str) -> Any:
        """The result, with a symbol in the place of each longer expression among its sizes."""
        if type(result) is not torch.Tensor or not operation.startswith(_FRESH) or result._base is not None:
            return result
        shape = [self._short(size) for size in result.shape]
        if all(new is old for new, old in zip(shape, result.shape, strict=True)):
            return result
        return torch.empty(shape, dtype=result.dtype, device=result.device)

    def _short(self, size: Any) -> Any:
        if isinstance(size, int):
            return size
        expression = size.node.expr
        if expression.is_Symbol or not expression.free_symbols:
            return size
        if expression not in self._numbers:
            made = self.written(expression)
            name = self.names.of.setdefault(made.source, f"n{len(self.names.of)}")
            self.names.parts.setdefault(name, made)
            number = self._symbol(name, int(self.env.size_hint_of(expression)))
            self._named[number.node.expr] = name
            self._meant[number.node.expr] = expression
            self._numbers[expression] = number
        return self._numbers[expression]

    def written(self, expression: Any) -> Expression:
        """An expression as Python text. Raises `NotImplementedError` for what Python has no word for."""
        found = self._written.get(expression)
        if found is None:
            text, used = source(expression, self._named)
            parts = {name: self.names.parts[name] for name in used if name in self.names.parts}
            letters = [
                letter
                for letter in self.letters
                if letter in used or any(letter in part.letters for part in parts.values())
            ]
            found = Expression(text, letters, parts, lambda: self._in_letters(expression))
            self._written[expression] = found
        return found

    def _in_letters(self, expression: Any) -> str:
        """The text over the letters alone."""
        while any(symbol in self._meant for symbol in expression.free_symbols):
            expression = expression.xreplace(self._meant)
        return source(_reduced(expression), self._named)[0]

    def size(self, size: Any) -> int | Expression:
        """A size as a number, or as an expression."""
        if isinstance(size, int):
            return size
        expression = size.node.expr
        return self.written(expression) if expression.free_symbols else int(expression)

    def held(self, expression: Any, hint: Any) -> tuple[list[Expression], bool]:
        """What holds, given the value that a decision had; each part of a conjunction by itself.

        And whether the decision made a plain number of a size.
        """
        if hint is False or hint is sympy.false:
            expression, hint = sympy.Not(expression), True
        if hint is True or hint is sympy.true:
            parts = expression.args if isinstance(expression, sympy.And) else (expression,)
            return [self.written(part) for part in parts], False
        return [self.written(expression).compared(f"== {hint}")], True


def _reduced(relation: Any) -> Any:
    """`8 * x + 8 == 512` as `x == 63`."""
    if isinstance(relation, sympy.core.relational.Relational) and relation.rhs.is_Integer:
        added, rest = relation.lhs.as_coeff_Add()
        factor, rest = rest.as_coeff_Mul()
        right = relation.rhs - added
        if added.is_Integer and factor.is_Integer and factor > 0 and right % factor == 0:
            return relation.func(rest, right // factor)
    return relation
