"""A reshape in the place of a permute: it gives the right sizes, and mixes channels with positions."""

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call, Case
from whynorm.facts.call import Torn
from whynorm.facts.change import Adapt, Edit, Rename, Wrap


def torn_apart(case: Case) -> Because | None:
    """The reshape that filled a norm's axis with positions, and the permute that is meant."""
    torn, made = case.call.torn, _reshape_before(case)
    if torn is None or made is None or made.shape is None or not made.outputs:
        return None
    source, target = made.shape, made.outputs[0].shape
    return Because(
        "certain",
        f"the {source[torn.axis]} channels of {sizes(source)} stand on axis {torn.axis}; {made.type} to "
        f"{sizes(target)} takes the values in their order in memory, and moves no axis",
        at=made,
        origin=made.location,
        remedies=_remedies(case, torn, made, source),
        weight=1.6,
    )


def _reshape_before(case: Case) -> Call | None:
    """The last reshape on the way to the case's norm."""
    return next((step for step in case.trace.upstream(case.call) if step.role == "reshape"), None)


def rank_before(case: Case) -> int:
    """How many axes that reshape was handed."""
    made = _reshape_before(case)
    return len(made.shape or ()) if made is not None else 0


def _remedies(case: Case, torn: Torn, made: Call, source: tuple[int, ...]) -> tuple[Remedy, ...]:
    if made.location is None or _is_put_back(case, source):
        return ()
    moved, name = ", ".join(map(str, torn.order)), made.type.rpartition(".")[2]
    shape = tuple(source[axis] for axis in torn.order)
    edits: tuple[Edit, ...] = (Wrap(made.location, name, "self", f"{{}}.permute({moved})"),)
    if name == "view":
        edits += (Rename(made.location, name, "reshape"),)
    trial = (Adapt(made.type, made.path or "", (source,), 0, shape),)
    title = f"move the axes before they are regrouped: permute({moved}) to {sizes(shape)}, then reshape"
    return (Remedy(title, "model", trial=trial, edits=edits),)


def _is_put_back(case: Case, source: tuple[int, ...]) -> bool:
    """Whether a reshape behind the norm restores the shape from before: that one would have to change as well."""
    behind = case.trace.calls[case.trace.index(case.call) + 1 :]
    return any(step.role == "reshape" and step.outputs and step.outputs[0].shape == source for step in behind)
