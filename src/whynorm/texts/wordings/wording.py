"""One wording: how a framework says that something is wrong, and what its numbers mean."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from whynorm.facts import Role
from whynorm.report import Severity

_LISTS = ("shape", "other", "weight")
_WORDS = ("type", "name", "layer", "function", "dtype", "found", "module", "axes", "operation")

_LIST = r"(?:torch\.Size|TensorShape|Dimension)?[\s\[({<=]{0,6}(?P<%s>[-\d\s,LNone?x×*lf]{1,160})[\])}>]{0,3}"
_WORD = r"['\"]?(?P<%s>(?:unsigned |long )?[\w.:/<>\[\]*-]{1,160})['\"]?"
_GAP = r"[\s\S]{0,160}?"
_LINE_GAP = r"[^\n]{0,120}?"
_LONG_GAP = r"[^\n]{0,600}?"
_NUMBER = r"(?P<%s>-?\d{1,12})L?"

_SIZE = r"-?\d+|None|\?"


class Wording(NamedTuple):
    """One row of a table.

    `template` is the message as the framework words it, with a name in braces for each thing that varies:

    * `{shape}`, `{other}`, `{weight}`: a list of sizes, however bracketed: `torch.Size([1, 512])`, `(None, 88, 3)`;
      `shape` is the input's, `other` a second input's, `weight` a parameter's or what was wanted;
    * `{type}`, `{name}`, `{layer}`, `{function}`, `{dtype}`, `{found}`, `{module}`, `{axes}`, `{operation}`: a word;
    * `{}`: at most 160 characters of anything; `{-}`: the same within one line; `{--}`: at most 600 within one line,
      as a graph names its nodes;
    * any other name is a number: `got` and `wanted` (channels, features, elements), `rank`, `ranks` (wanted),
      `axis`, `groups`, `a` and `b` (two sizes that should agree), `kernel`, `entry`.

    White space, letter case and back quotes do not count.
    """

    symptom: str
    template: str
    example: str
    """A message as it is printed, which the template must find."""
    layer: str | None = None
    """The layer that says it, where only one does: `InstanceNorm`."""
    role: Role = "norm"
    versions: str = ""
    """The versions that say it so, as far as is known: `>=1.8`."""
    severity: Severity = "error"
    needs: str = ""
    """What the text around must show before a message that others share is taken for this one (`texts.scope`):
    `norm`, `layer`, `keras` …; several, separated by a blank, are alternatives."""
    whole: bool = False
    """Whether `shape` is an input's and `weight` the one that was wanted: of other ranks it is `wrong-rank`."""
    wanted: str = ""
    """The ranks that the layer would take, where the message does not give them as numbers: `2 3`."""

    @property
    def key(self) -> str:
        """Its longest literal part, in lower case without white space: what a cheap search looks for first."""
        return squeezed(max(_parts(self.template)[::2], key=len))

    @property
    def literals(self) -> list[str]:
        """Its literal parts, in lower case without white space and back quotes."""
        return [squeezed(part) for part in _parts(self.template)[::2]]

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in the text that this wording matches."""
        return re.search(_pattern(self.template), text, re.IGNORECASE)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place in the text that this wording matches."""
        return re.finditer(_pattern(self.template), text, re.IGNORECASE)


class Match(NamedTuple):
    """A wording found in a message."""

    framework: str
    wording: Wording
    found: re.Match[str]

    def shape(self, group: str = "shape") -> tuple[int, ...] | None:
        """The sizes that a group holds: `[1, 512, 1, 1]` or `1L, 512L`; None where one of them is open."""
        sizes = self.sizes(group)
        if sizes is None or None in sizes:
            return None
        return tuple(size for size in sizes if size is not None)

    def sizes(self, group: str = "shape") -> tuple[int | None, ...] | None:
        """The sizes that a group holds, None for one that is left open: `[?, 1, 1, 64]`."""
        text = self.found.groupdict().get(group)
        if text is None:
            return None
        found = tuple(None if size in ("None", "?", "-1") else int(size) for size in re.findall(_SIZE, text))
        return found or None

    def number(self, group: str) -> int | None:
        """The number that a group holds."""
        text = self.found.groupdict().get(group)
        return None if text is None else int(text)

    def word(self, group: str) -> str | None:
        """The word that a group holds."""
        return self.found.groupdict().get(group)

    @property
    def meant(self) -> "Match":
        """The same, where it is the rank that differs and not a size."""
        shape, wanted = self.sizes("shape"), self.sizes("weight")
        if not self.wording.whole or shape is None or wanted is None or len(shape) == len(wanted):
            return self
        return self._replace(wording=self.wording._replace(symptom="wrong-rank"))

    @property
    def numbers(self) -> Mapping[str, int]:
        """All numbers by name."""
        return {
            name: int(text)
            for name, text in self.found.groupdict().items()
            if text is not None and name not in _LISTS and name not in _WORDS
        }


def squeezed(text: str) -> str:
    """Lower case, without white space and back quotes: the form in which keys are looked for."""
    return "".join(text.lower().split()).replace("`", "")


def _parts(template: str) -> list[str]:
    """Literal text and names in turn."""
    return template.replace("}", "{").split("{")


_patterns: dict[str, str] = {}


def _pattern(template: str) -> str:
    """The template as a regular expression. Every repetition in it is bounded."""
    if template not in _patterns:
        # A word at the start is looked for where words begin, and not at each of their letters.
        pieces: list[str] = [r"(?<![\w.:/<>\[\]*-])"] if template.startswith("{") else []
        for number, part in enumerate(_parts(template)):
            if number % 2 == 0:
                pieces.append(r"\s*".join(re.escape(word) for word in part.replace("`", "").split(" ")))
            elif part == "":
                pieces.append(_GAP)
            elif part in ("-", "--"):
                pieces.append(_LINE_GAP if part == "-" else _LONG_GAP)
            else:
                kind = _LIST if part in _LISTS else _WORD if part in _WORDS else _NUMBER
                pieces.append(r"\s*" + kind % part)
        _patterns[template] = "".join(pieces)
    return _patterns[template]
