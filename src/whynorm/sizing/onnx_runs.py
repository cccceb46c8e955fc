"""A file of ONNX asked at sizes: run node by node in ONNX Runtime, followed by symbols where all rules are known."""

from typing import Any

from whynorm.frameworks.onnx.evaluate import Evaluator, TooMuch
from whynorm.frameworks.onnx.evaluate import Ran as Node
from whynorm.frameworks.onnx.follow import TOO_MUCH, framework, made
from whynorm.sizing.expression import Expression
from whynorm.sizing.onnx_rules import RULES
from whynorm.sizing.onnx_symbols import Symbolic, Unfollowed
from whynorm.sizing.path import Guard, Path, Ran, Shape, Sizes
from whynorm.sizing.question import Question

_MOST = 3e9
"""So many multiplications are done for one run, not more: there are some hundred runs."""


class OnnxRunner:
    """One file, with one question. It has one mode."""

    guess: bool | None = None

    @property
    def mode(self) -> None:
        """There is one."""
        return None

    def __init__(self, model: Any, question: Question) -> None:
        self.evaluator = Evaluator(model, most=_MOST)
        self.question = question
        self.framework = framework()

    def otherwise(self) -> None:
        """There is no other mode."""
        return None

    def run(self, sizes: Sizes) -> Ran:
        """What the runtime says at these sizes."""
        try:
            nodes = self._nodes(sizes)
        except TooMuch:
            return Ran(None, 0, unknown=f"{TOO_MUCH}, at {', '.join(f'{x} = {size}' for x, size in sizes.items())}")
        events = tuple((ran.node.op_type, _shapes(ran.outputs)) for ran in nodes if ran.raised is None)
        if not nodes or nodes[-1].raised is not None:
            return Ran(False, len(nodes), events)
        known = {name: value for ran in nodes for name, value in zip(ran.node.output, ran.outputs, strict=True)}
        outputs = _shapes([known[one.name] for one in self.evaluator.model.graph.output if one.name in known])
        return Ran(True, len(nodes), events, outputs)

    def _nodes(self, sizes: Sizes) -> list[Node]:
        """Every node up to the one that raises; none where the inputs themselves are refused."""
        feeds = made(self.evaluator, *self.question.filled(sizes))
        return [] if self.evaluator.takes(feeds) is not None else list(self.evaluator.run(feeds))

    def follow(self, sizes: Sizes, *, guess: bool = False) -> Path | None:
        """The path by symbols: what each operator makes of sizes, held against what it did at these."""
        try:
            nodes = self._nodes(sizes)
            if not nodes:
                return None
            symbols = Symbolic(RULES, self.question.letters, sizes, self.evaluator.weights, self._shapes())
            events = []
            for number, ran in enumerate(nodes, 1):
                shapes = symbols.node(ran, number)
                if ran.raised is None:
                    events.append((ran.node.op_type, shapes))
        except (TooMuch, Unfollowed):
            return None
        graph = self.evaluator.model.graph
        outputs = tuple(symbols.shape(one.name) for one in graph.output if one.name in symbols.shapes)
        passed = nodes[-1].raised is None
        guards = tuple(Guard(Expression(text, letters), at) for text, (letters, at) in symbols.guards.items())
        return Path(dict(sizes), guards, passed, len(nodes), tuple(events), outputs)

    def _shapes(self) -> dict[str, tuple[int | str, ...]]:
        """The inputs' sizes with their letters, by name."""
        names = [one.name for one in self.evaluator.inputs]
        positional = zip(names, (given.sizes for given in self.question.positional), strict=False)
        return dict(positional) | {name: given.sizes for name, given in self.question.keywords.items()}


def _shapes(values: list[Any]) -> tuple[Shape, ...]:
    return tuple(tuple(value.shape) for value in values if hasattr(value, "shape"))
