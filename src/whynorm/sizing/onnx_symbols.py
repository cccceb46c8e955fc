"""The sizes of a file of ONNX as expressions over the letters, node by node.

What a rule says of an operator is a guess, held at once against what the runtime gave. An operator without a rule, or
one that gives other sizes than its rule says, ends the following (`Unfollowed`); then the file is tried, size by size.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy
from onnx import helper

from whynorm.frameworks.onnx.evaluate import Ran
from whynorm.sizing.expression import Expression, of_letters
from whynorm.sizing.path import Sizes

Size = int | str
"""A number, or an expression over the letters as text."""


Rule = Callable[["Symbolic", "Asked"], list[tuple[Size, ...]]]
"""The shapes that a node gives, by operator."""


class Unfollowed(Exception):
    """An operator whose sizes are not known by symbols."""


class Symbolic:
    """The sizes of every tensor, the contents of those that hold sizes, and the decisions on them so far."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        letters: Sequence[str],
        sizes: Sizes,
        weights: Mapping[str, Any],
        inputs: Mapping[str, tuple[Size, ...]],
    ) -> None:
        self.rules = rules
        self.letters = letters
        self.sizes = sizes
        self.shapes: dict[str, tuple[Size, ...]] = {name: tuple(array.shape) for name, array in weights.items()}
        self.shapes |= inputs
        self.contents: dict[str, list[Any]] = {}
        self.guards: dict[str, tuple[tuple[str, ...], int]] = {}
        """What held, with its letters and the number of the node that asked."""
        self.at = 0

    def node(self, ran: Ran, number: int) -> tuple[tuple[int | Expression, ...], ...]:
        """Go on over one node; the shapes that it gives. Raises `Unfollowed`."""
        self.at = number
        node = ran.node
        rule = self.rules.get(node.op_type)
        inside = [self.shapes.get(name, ()) for name in node.input]
        if not any(isinstance(size, str) for shape in inside for size in shape) and not self._holds_sizes(node.input):
            shapes: Sequence[tuple[int | str, ...]] = [shape_of(value) for value in ran.outputs]
        elif rule is None:
            raise Unfollowed(node.op_type)
        else:
            shapes = rule(self, Asked(self, ran))
        for name, shape, value in zip(node.output, shapes, ran.outputs, strict=False):
            if ran.raised is None and tuple(map(self.value, shape)) != shape_of(value):
                raise Unfollowed(f"{node.op_type}: {shape}")
            self.shapes[name] = shape
        if ran.raised is not None:
            return ()
        for size in itertools.chain.from_iterable(shapes):
            if isinstance(size, str):
                self.decide(f"({size}) >= 1")
        return tuple(self.shape(name) for name in node.output if name)

    def _holds_sizes(self, names: Sequence[str]) -> bool:
        return any(isinstance(one, str) for name in names for one in self.contents.get(name, ()))

    def shape(self, name: str) -> tuple[int | Expression, ...]:
        """The sizes of a tensor."""
        return tuple(of_letters(size, self.letters) if isinstance(size, str) else size for size in self.shapes[name])

    def value(self, size: Size) -> Any:
        """The number at the sizes at hand."""
        return of_letters(size, self.letters)(self.sizes) if isinstance(size, str) else size

    def decide(self, condition: str) -> bool:
        """Whether a condition holds at the sizes at hand; as it holds, it is a guard."""
        expression = of_letters(condition, self.letters)
        held = bool(expression(self.sizes))
        text = condition if held else f"not ({condition})"
        if expression.letters:
            self.guards.setdefault(text, (expression.letters, self.at))
        return held

    def same(self, first: Size, second: Size) -> bool:
        """Whether two sizes are equal."""
        if isinstance(first, int) and isinstance(second, int):
            return first == second
        return first == second or self.decide(f"{first} == {second}")


class Asked:
    """One node with what is known of its inputs."""

    def __init__(self, symbols: Symbolic, ran: Ran) -> None:
        self.symbols = symbols
        self.ran = ran
        self.attributes = {one.name: helper.get_attribute_value(one) for one in ran.node.attribute}
        self.shapes = [symbols.shapes.get(name, ()) for name in ran.node.input]

    def content(self, number: int) -> list[Any] | None:
        """What an input holds, flat; None where there is none."""
        if number >= len(self.ran.values) or self.ran.values[number] is None:
            return None
        name = self.ran.node.input[number]
        return self.symbols.contents.get(name) or numpy.ravel(self.ran.values[number]).tolist()

    def keep(self, content: list[Any]) -> None:
        """Remember what the output holds."""
        self.symbols.contents[self.ran.node.output[0]] = content

    def get(self, name: str, otherwise: Any) -> Any:
        """An attribute."""
        return self.attributes.get(name, otherwise)


def shape_of(value: Any) -> tuple[int, ...]:
    return tuple(numpy.shape(value))


def plus(*sizes: Size) -> Size:
    """The sum."""
    number = sum(size for size in sizes if isinstance(size, int))
    texts = [size for size in sizes if isinstance(size, str)]
    if not texts:
        return number
    more = [f"{number}"] if number > 0 else []
    return (
        f"({' + '.join([*texts, *more])}{f' - {-number}' if number < 0 else ''})" if number or texts[1:] else texts[0]
    )


def times(*sizes: Any) -> Size:
    """The product."""
    number = math.prod(size for size in sizes if not isinstance(size, str))
    texts = [size for size in sizes if isinstance(size, str)]
    if not texts:
        return number if isinstance(number, int) else int(number)
    return (
        f"({' * '.join([*texts, *([str(number)] if number != 1 else [])])})" if number != 1 or texts[1:] else texts[0]
    )


def divided(size: Any, by: Any) -> Size:
    """The quotient, rounded down."""
    if isinstance(size, str) or isinstance(by, str):
        return size if by == 1 else f"({size} // {by})"
    return int(size // by)
