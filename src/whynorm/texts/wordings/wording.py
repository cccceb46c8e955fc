"""One wording: how a framework says that something is wrong, and what its numbers mean."""

import re
from typing import NamedTuple


class Wording(NamedTuple):
    """One row of a table."""

    symptom: str
    pattern: str
    """A regular expression without unbounded backtracking. Named groups say what the numbers mean: `shape`,
    `got`, `wanted`, `rank`, `channels`, `groups`, `axis`."""
    example: str
    """A message as it is printed, which the pattern must find."""
    layer: str | None = None
    """The layer that says it, where only one does: `InstanceNorm`."""
    versions: str = ""
    """The versions that say it so, as far as is known: `>=1.8`."""

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in the text that this wording matches."""
        return re.search(self.pattern, text)


class Match(NamedTuple):
    """A wording found in a message."""

    framework: str
    wording: Wording
    found: re.Match[str]

    def shape(self, group: str = "shape") -> tuple[int, ...] | None:
        """The sizes that a group holds: `[1, 512, 1, 1]` or `1L, 512L`."""
        text = self.found.groupdict().get(group)
        if text is None:
            return None
        return tuple(int(number) for number in re.findall(r"\d+", text))
