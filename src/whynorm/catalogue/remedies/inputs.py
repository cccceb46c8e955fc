"""The root's input is transformed: where the program makes it, or where it hands it over."""

from collections.abc import Sequence

from whynorm.catalogue.program import at_call, declared, origin_of
from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.shapes import Source
from whynorm.facts import Case, Open, Origin
from whynorm.facts.change import Arrange, Behind, Edit, Transform
from whynorm.facts.spelling import Spoken, has_tensor_methods, transformed


def transform_input(
    case: Case,
    found: Source,
    title: str,
    *steps: tuple[str, tuple[object, ...]],
    when: str | None = None,
    safe: bool = False,
) -> Remedy:
    """The root's input is transformed, each step in turn: where the program makes it, or where it hands it over."""
    edits: tuple[Edit, ...]
    trial = _transforms(found.number, steps)
    if case.try_out(trial).passed is False:
        given = zip(case.trace.places, case.trace.inputs, strict=True)
        alike = [place for place, value in given if len(value.shape) == len(found.value.shape)]
        together = tuple(step for number in alike for step in _transforms(number, steps))
        if len(alike) > 1 and case.try_out(together).passed:
            edits = tuple(edit for number in alike for edit in at_call(case, number, _behind(case, steps)))
            return Remedy(f"{title}, and the other inputs likewise", "call", when, together, edits, safe)
    place = declared(case, found)
    layer = _layer_behind(found, steps) if place is not None else None
    if place is not None and layer is not None:
        return Remedy(f"{title}, by a layer behind the input", "model", when, trial, (Behind(place, *layer),))
    origin = origin_of(case, found)
    methods = has_tensor_methods(case.framework)
    if origin is not None and (methods or _is_known(origin, steps)):
        otherwise = None if methods else next(iter(at_call(case, found.number, _behind(case, steps))), None)
        edits = tuple(Arrange(origin, *step, methods, otherwise) for step in steps)
    else:
        edits = at_call(case, found.number, _behind(case, steps))
    return Remedy(title, "input" if origin is None else "data", when=when, trial=trial, edits=edits, safe=safe)


def _layer_behind(found: Source, steps: Sequence[tuple[str, tuple[object, ...]]]) -> tuple[str, str] | None:
    """The layer of Keras, and its arguments, that does to each sample what one step does."""
    shape = [size for size in found.value.shape if not isinstance(size, Open)]
    if len(steps) != 1 or len(shape) != len(found.value.shape) - 1:
        return None
    operation, numbers = steps[0][0], [one for one in steps[0][1] if isinstance(one, int)]
    if operation == "permute" and numbers[:1] == [0]:
        return "Permute", str(tuple(numbers[1:]))
    if operation == "unsqueeze" and len(numbers) == 1 and numbers[0] != 0:
        axis = numbers[0] - 1 if numbers[0] > 0 else numbers[0] + len(shape) + 1
        return "Reshape", str((*shape[:axis], 1, *shape[axis:]))
    return None


def _is_known(origin: Origin, steps: Sequence[tuple[str, tuple[object, ...]]]) -> bool:
    """Whether an array whose methods are known is on the way; NumPy's, or one that was turned, may only be turned."""
    kinds = {step.array for step in origin.steps}
    turned = all(operation in ("permute", "transpose") for operation, _ in steps)
    return "tensor" in kinds or (turned and ("numpy" in kinds or any(step.kind == "moved" for step in origin.steps)))


def _transforms(number: int | str, steps: Sequence[tuple[str, tuple[object, ...]]]) -> tuple[Transform, ...]:
    return tuple(Transform(operation, arguments, input=number) for operation, arguments in steps)


def _behind(case: Case, steps: Sequence[tuple[str, tuple[object, ...]]]) -> str | None:
    written = "{}"
    for operation, arguments in steps:
        spoken = case.hints.get("spoken")
        template = transformed(case.framework, operation, arguments, spoken if isinstance(spoken, Spoken) else None)
        if template is None:
            return None
        written = template.format(written)
    return written
