"""The same mistake on several lines: the patch of one finding mends all of them."""

from collections.abc import Callable, Iterable, Sequence

from whynorm.facts.change import Edit
from whynorm.report import Finding, Fix

Patch = Callable[[Sequence[Edit]], str | None]


def mended_together(findings: Iterable[Finding], patch: Patch) -> list[Finding]:
    """The findings; those that one mistake made on several lines each get the patch that mends them all.

    Of what is silent: an error ends the pass, and those that would follow are not known. A patch stays as it is where
    the edits do not fit into one.
    """
    found = list(findings)
    groups: dict[object, list[int]] = {}
    for number, finding in enumerate(found):
        if finding.raised is None and finding.causes and any(fix.patch for fix in finding.causes[0].fixes):
            groups.setdefault((finding.symptom, finding.severity, finding.causes[0].cause), []).append(number)
    for numbers in groups.values():
        group = _mended([found[number] for number in numbers], patch)
        for number, finding in zip(numbers, group, strict=True):
            found[number] = finding
    return found


def _mended(group: list[Finding], patch: Patch) -> list[Finding]:
    fixes: dict[str, list[Fix]] = {}
    for finding in group:
        for fix in finding.causes[0].fixes:
            if fix.patch is not None:
                fixes.setdefault(_means(finding, fix), []).append(fix)
    whole = {name: _whole(one, patch) for name, one in fixes.items()}
    return [
        finding._replace(
            causes=(
                finding.causes[0]._replace(
                    fixes=tuple(
                        fix._replace(patch=whole[_means(finding, fix)] or fix.patch) if fix.patch is not None else fix
                        for fix in finding.causes[0].fixes
                    )
                ),
                *finding.causes[1:],
            )
        )
        for finding in group
    ]


def _whole(fixes: list[Fix], patch: Patch) -> str | None:
    """One patch for the edits of several fixes; None where they write the same anyhow, or do not fit together."""
    different = {fix.patch: fix.edits for fix in fixes}
    if len(different) < 2:
        return None
    together: list[Edit] = []
    together += (edit for edits in different.values() for edit in edits if edit not in together)
    return patch(together)


def _means(finding: Finding, fix: Fix) -> str:
    """What a fix does, whichever layer it is done to."""
    path = finding.layer.path if finding.layer is not None else None
    return fix.title.replace(path, "") if path else fix.title
