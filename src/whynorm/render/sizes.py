"""The answer of `whynorm sizes` for a terminal."""

from typing import Any


def render(found: Any) -> str:
    """The rule, what keeps its size, why the rest is refused, and what is nearest where that was asked."""
    document = found.to_dict()
    mode = "" if found.other is None else f" in {found.mode} mode"
    lines = [f"{document['input']}{mode}: {document['rule']}"]
    if found.keeps_size is not None and found.keeps_size.conditions:
        lines.append(f"  the output keeps the size at {found.keeps_size.words}")
    if found.other is not None:
        lines.append(f"  in {found.other.mode} mode: {found.other.rule}")
    for region in found.refused:
        lines += _region(region)
    if "nearest" in document:
        lines += _nearest(document["nearest"])
    ranges = {f"{low} to {high}" for low, high in document["range"].values()}
    of = ranges.pop() if len(ranges) == 1 else ", ".join(f"{x} {a} to {b}" for x, (a, b) in document["range"].items())
    if document["exact"]:
        lines.append(f"  exact for sizes from {of}")
    else:
        lines.append(f"  not exact: {document['unknown']}")
    return "\n".join(lines) + "\n"


def _region(region: Any) -> list[str]:
    finding = region.finding
    at = ", ".join(f"{letter} = {size}" for letter, size in region.example.items())
    place = finding.location or (finding.layer.location if finding.layer is not None else None)
    where = f"\n      --> {place.file}:{place.line}   {place.code}" if place is not None else ""
    path = f"{finding.layer.path}: " if finding.layer is not None and finding.layer.path else ""
    needs = f"refused unless {region.condition}" if region.condition is not None else "refused"
    return [f"  {needs}", f"    at {at}: {path}{finding.message} [{finding.symptom}]{where}"]


def _nearest(nearest: dict[str, dict[str, int] | None]) -> list[str]:
    lines = []
    for way, words in (("pad", "pad to"), ("crop", "crop to")):
        sizes = nearest[way]
        said = "not possible" if sizes is None else ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
        lines.append(f"  {words}: {said}")
    return lines
