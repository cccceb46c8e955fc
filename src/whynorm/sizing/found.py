"""The answer of `whynorm sizes`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from whynorm.errors import UsageError
from whynorm.report import Finding, Framework, Report, head
from whynorm.sizing import nearest, sets
from whynorm.sizing.drawn import Drawn, drawn
from whynorm.sizing.expression import of_letters
from whynorm.sizing.question import Question
from whynorm.sizing.rule import Rule
from whynorm.sizing.tree import Explored


class Refused(NamedTuple):
    """A region of sizes that do not work: the condition that it breaks, one example, and what happens there."""

    condition: str | None
    example: Mapping[str, int]
    finding: Finding


class Other(NamedTuple):
    """What the network takes in the other mode, where that is something else."""

    mode: str
    """`training` or `inference`."""
    rule: str
    conditions: tuple[str, ...] | None
    exact: bool


class Sizes:
    """Exactly which input sizes a network takes.

    `rule` says it in words, `conditions` as Python expressions over the letters, all of which must hold (None where
    there is no such form). `exact` is False where something could not be followed; then `unknown` says what.
    """

    def __init__(
        self,
        question: Question,
        framework: Framework,
        explored: Explored,
        rule: Rule,
        *,
        mode: str | None = None,
        other: Other | None = None,
        keeps: Rule | None = None,
        refused: tuple[Refused, ...] = (),
        unknown: str | None = None,
    ) -> None:
        self.question = question
        self.framework = framework
        self.explored = explored
        self.rule = rule.words
        self.conditions = rule.conditions
        self.mode = mode
        self.keeps_size = keeps
        self.refused = refused
        self.unknown = unknown
        self.other = other
        """What holds in the other mode, where that is something else."""
        self._asked_nearest: dict[str, int] | None = None

    @property
    def exact(self) -> bool:
        """Every size of the range is decided, and a sample was compared with the framework."""
        return self.unknown is None

    def accepts(self, **sizes: int) -> bool:
        """Whether the network takes these sizes, by the rule: nothing is run. Raises `UsageError` for other letters."""
        return self.explored.accepts(self._known(sizes))

    def keeps(self, **sizes: int) -> bool:
        """Whether the network takes these sizes and its output has them too."""
        if self.keeps_size is None or not self.accepts(**sizes):
            return False
        letters = self.question.letters
        return all(of_letters(text, letters)(sizes) for text in self.keeps_size.conditions or ())

    def nearest(self, **sizes: int) -> dict[str, dict[str, int] | None]:
        """The smallest accepted sizes not below these (`pad`), the largest not above (`crop`); None where none is."""
        return nearest.nearest(self.explored, self._known(sizes))

    def drawn(self) -> Drawn:
        """For two letters: what happens at each pair of sizes."""
        conditions = self.conditions or ()
        refusing = [of_letters(text, self.question.letters) for text in conditions]
        keeping = None if self.keeps_size is None else self.keeps_size.conditions

        def kind(sizes: Mapping[str, int]) -> str:
            if self.accepts(**sizes):
                return "keeps" if self.keeps(**sizes) else "works"
            number = next((str(at) for at, condition in enumerate(refusing) if not condition(sizes)), "")
            return f"refused {number}".strip()

        return drawn(self.explored, conditions, keeping or (), kind)

    def near(self, sizes: Mapping[str, int]) -> None:
        """Have `to_dict` and the text say what is nearest to these sizes as well."""
        self._asked_nearest = self._known(sizes)

    def why_not(self, **sizes: int) -> Refused | None:
        """The refused region that these sizes lie in; None where they are accepted, or no region is known."""
        known = self._known(sizes)
        if self.explored.accepts(known):
            return None
        for region in self.refused:
            if region.condition is not None and not of_letters(region.condition, self.question.letters)(known):
                return region
        return next(iter(self.refused), None)

    def _known(self, sizes: Mapping[str, int]) -> dict[str, int]:
        letters = self.question.letters
        if set(sizes) != set(letters):
            raise UsageError(f"give a size for each of {', '.join(letters)}, and for nothing else")
        return {letter: int(sizes[letter]) for letter in letters}

    def to_dict(self) -> dict[str, Any]:
        """As JSON version 1 has it."""
        document: dict[str, Any] = {
            **head("sizes", self.framework),
            "input": self.question.shown(),
            "range": {letter: list(bounds) for letter, bounds in self.question.ranges.items()},
            "rule": self.rule,
            "conditions": None if self.conditions is None else list(self.conditions),
        }
        if self.conditions is None:
            document.update(self._without_form())
        if self.keeps_size is not None:
            conditions = self.keeps_size.conditions
            document["keeps_size"] = {"rule": self.keeps_size.words, "conditions": list(conditions or ())}
        document["exact"] = self.exact
        if self.unknown is not None:
            document["unknown"] = self.unknown
        if self.mode is not None:
            document["mode"] = self.mode
        if self.other is not None:
            conditions = self.other.conditions
            document["other_mode"] = {
                **self.other._asdict(),
                "conditions": None if conditions is None else list(conditions),
            }
        document["refused"] = [self._region(region) for region in self.refused]
        if self._asked_nearest is not None:
            document["nearest"] = self.nearest(**self._asked_nearest)
        return document

    def _without_form(self) -> dict[str, Any]:
        if len(self.question.letters) == 1:
            (letter,) = self.question.letters
            runs = sets.intervals(self.explored.mask(letter), self.question.ranges[letter][0])
            return {"intervals": [list(run) for run in runs]}
        return {"list": nearest.accepted(self.explored, 200)}

    def _region(self, region: Refused) -> dict[str, Any]:
        report = Report("check", self.framework, "raises", [region.finding]).to_dict()
        return {"condition": region.condition, "example": dict(region.example), "finding": report["findings"][0]}

    def __str__(self) -> str:
        from whynorm.render.sizes import render

        return render(self)

    def __repr__(self) -> str:
        return f"<whynorm.Sizes {self.question.shown()}: {self.rule}>"
