"""Files held against a rule, for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

_NAMED = 5
"""So many files are named where a remark concerns many."""


def render(found: Any, verdicts: Sequence[Any]) -> str:
    """The files that the network refuses by the reason, each with what makes it fit; then what else is to be said."""
    lines = [f"{found.question.shown()}: {found.rule}"]
    if found.unknown is not None:
        lines.append(f"  not exact: {found.unknown}")
    refused = [one for one in verdicts if not one.accepted]
    by_reason: dict[str, list[Any]] = {}
    for one in refused:
        if one.sizes is not None:
            by_reason.setdefault(one.why, []).append(one)
    for why, some in by_reason.items():
        lines += ["", why, *_table(some)]
    for title, damaged in (("of another form", False), ("damaged", True)):
        others = [one for one in refused if one.sizes is None and one.damaged is damaged]
        if others:
            lines += ["", title, *(f"  {one.name}: {one.why}" for one in others)]
    lines += _channels(verdicts)
    good = len(verdicts) - len(refused)
    lines += ["", f"{good} of {len(verdicts)} {'fits' if good == 1 else 'fit'}"]
    return "\n".join(lines) + "\n"


def _table(refused: Sequence[Any]) -> list[str]:
    width = max(len(one.name) for one in refused)
    sizes = max(len(_shown(one.sizes)) for one in refused)
    lines = []
    for one in refused:
        ways = [f"{way} {_shown(to)}" for way, to in (("pad to", one.pad), ("crop to", one.crop)) if to is not None]
        lines.append(f"  {one.name:<{width}}  {_shown(one.sizes):<{sizes}}  {', or '.join(ways)}".rstrip())
    return lines


def _channels(verdicts: Sequence[Any]) -> list[str]:
    """Images of other channels than the network's, by what they have."""
    by_kind: dict[str, list[str]] = {}
    for one in verdicts:
        if one.channels is not None:
            by_kind.setdefault(one.channels, []).append(one.name)
    lines = []
    for kind, names in by_kind.items():
        rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        count = "1 image has" if len(names) == 1 else f"{len(names)} images have"
        lines += ["", f"{count} {kind}: convert them as they are loaded", f"  {', '.join(names[:_NAMED])}{rest}"]
    return lines


def _shown(sizes: Mapping[str, int]) -> str:
    return " x ".join(map(str, sizes.values()))
