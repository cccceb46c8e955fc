from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "size-mismatch",
    causes=(
        "not-divisible",
        "missing-spatial-axis",
        "squeezed-axis",
        "wrong-constructor-number",
        "changed-resolution",
        "channels-first",
        "channels-last",
        "missing-batch-axis",
        "signature-confusion",
    ),
)
def size_mismatch(call: Call) -> Shown | None:
    """Two branches that meet (concatenate, add) differ in size."""
    if len(call.inputs) < 2:
        return in_its_words(call, first_line(call.raised.message)) if call.raised else None
    shapes = [value.shape for value in call.inputs]
    other = next((shape for shape in shapes[1:] if shape != shapes[0]), shapes[1])
    return Shown(
        "error", f"{call.name} joins {sizes(shapes[0])} and {sizes(other)}{_difference(shapes[0], other, call)}"
    )


def _difference(first: tuple[int, ...], other: tuple[int, ...], call: Call) -> str:
    if len(first) != len(other):
        return f": {len(first)} axes and {len(other)}"
    joined = call.arguments.get("dim", call.arguments.get("axis"))
    free = joined % len(first) if isinstance(joined, int) and call.role == "join" else None
    differ = [axis for axis, (a, b) in enumerate(zip(first, other, strict=True)) if a != b and axis != free]
    if call.role == "add":
        differ = [axis for axis in differ if 1 not in (first[axis], other[axis])]
    parts = [f"{first[axis]} and {other[axis]} on axis {axis}" for axis in differ]
    return f": {', '.join(parts)}" if parts else ""
