from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import line_of, origin_of
from whynorm.catalogue.remedies.before_layer import as_samples
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import Source, sizes, source
from whynorm.facts import Case, Location, Open, OriginStep, Spot
from whynorm.facts.change import Enclose, Feed, Replace, Transform


@cause("extra-axis")
def extra_axis(case: Case) -> Because | None:
    """The input has one axis too many.

    An axis of size 1 is left from a conversion, a second `unsqueeze`, or a batch of batches; or video comes as `(N,
    T, C, H, W)` into layers for images.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.BatchNorm2d(3)
    model(torch.randn(2, 1, 3, 8, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.BatchNorm2d(3)
    model(torch.randn(2, 1, 3, 8, 8).squeeze(1))
    ```

    ## Remedies and their price

    * A pipeline that makes batches twice: leave one `batch` out.
    * `squeeze(axis)` with its number: without one, it also drops the batch axis of a single sample.
    * Frames into the batch: `x.flatten(0, 1)`, and `unflatten` behind. A batch norm then averages over frames as
      well.
    """
    call, found = case.call, source(case)
    if not call.shape or (call.ranks and len(call.shape) <= max(call.ranks)):
        return None
    if found is None or len(found.value.shape) < 3:
        return _frames(case)
    shape = found.value.shape
    twice = _batched_twice(case, found)
    if twice is not None and case.try_out(twice[1].trial).passed is not False:
        return Because(
            "certain" if case.try_out(twice[1].trial).passed else "likely",
            f"the input has {len(shape)} axes, {sizes(shape)}: the pipeline makes batches of batches",
            origin=twice[0].location,
            remedies=(twice[1],),
            weight=1.4,
        )
    if (frames := _frames(case)) is not None:
        return frames
    remedies = [remedy for remedy in _remedies(case, found) if case.try_out(remedy.trial).passed is not False]
    if not remedies:
        return None
    single = next((axis for axis, size in enumerate(shape) if size == 1), None)
    what = f"axis {single} of size 1 is too many" if single is not None else "the first two axes are both batches"
    return Because(
        "certain" if case.try_out(remedies[0].trial).passed else "possible",
        f"the input has {len(shape)} axes, {sizes(shape)}: {what}",
        origin=line_of(case, found, "squeeze"),
        remedies=tuple(remedies[:1]),
        weight=0.8,
    )


def _batched_twice(case: Case, found: Source) -> tuple[OriginStep, Remedy] | None:
    """A pipeline that is told twice to make batches: the last time is one too many."""
    origin = origin_of(case, found)
    steps = [step for step in origin.steps if _makes_batches(step)] if origin is not None else []
    if len(steps) < 2:
        return None
    whole = steps[0].expression
    inner = whole[: whole.rindex(".batch(")]
    remedy = Remedy(
        "make batches once",
        "data",
        trial=(Feed(found.number, found.value.shape[1:]),),
        edits=(Replace(steps[0].location, whole, inner),),
        safe=True,
    )
    return steps[0], remedy


def _makes_batches(step: OriginStep) -> bool:
    return step.kind == "stacked" and ".batch(" in step.expression


def _frames(case: Case) -> Because | None:
    """Frames of clips, each of which a part of the network is to see as a sample of its own."""
    call, shape = case.call, case.call.shape or ()
    spot = case.hints.get("spot")
    if isinstance(spot, Spot):
        return _clips(case, spot)
    if len(shape) != max(call.ranks, default=0) + 1 or 1 in shape[:2]:
        return None
    for place, path, name in _parts(case):
        title = f"merge the first two axes before {path}, and part them again behind it"
        remedy = as_samples(call._replace(location=place), path, name, shape[1], title)
        if case.try_out(remedy.trial).passed is True:
            return Because(
                "certain",
                f"{path} takes one frame for a sample, and {sizes(shape)} are {shape[0]} clips of {shape[1]} frames",
                at=call,
                remedies=(remedy,),
                weight=1.5,
            )
    return None


def _clips(case: Case, spot: Spot) -> Because | None:
    """The same in Keras, which has a layer that calls another one on every frame."""
    call, shape = case.call, case.call.shape or ()
    names = (call.path or "").split("/")
    if spot.layer not in names or len(shape) != max(call.ranks, default=0) + 1 or 1 in shape[:2]:
        return None
    path = "/".join(names[: names.index(spot.layer) + 1])
    remedy = Remedy(
        f"call it on each of the {shape[1]} frames: TimeDistributed({spot.callee})",
        "model",
        trial=(Transform("flatten", (0, 1), path=path, back=True),),
        edits=(Enclose(spot.place, spot.callee, "TimeDistributed"),),
    )
    if case.try_out(remedy.trial).passed is not True:
        return None
    return Because(
        "certain",
        f"{path} takes one frame for a sample, and {sizes(shape)} are clips of {shape[1]} frames",
        at=call,
        remedies=(remedy,),
        weight=1.5,
    )


def _parts(case: Case) -> Iterator[tuple[Location, str, str]]:
    """The parts of the network around the layer that a line calls as `self.name(…)`, innermost first.

    The line, the part's path, and how it is called there.
    """
    call = case.call
    parts = (call.path or "").split(".")
    lines = [call.location, *(frame.location for frame in reversed(case.frames) if not frame.library)]
    known = [line for line in dict.fromkeys(lines) if line is not None]
    for number in range(len(parts), 0, -1):
        name = f"self.{parts[number - 1]}"
        place = next((line for line in known if f"{name}(" in line.code), None)
        if parts[number - 1] and place is not None:
            yield place, ".".join(parts[:number]), name


def _remedies(case: Case, found: Source) -> list[Remedy]:
    shape = found.value.shape
    remedies = [
        transform_input(
            case,
            found,
            f"drop axis {axis}: {sizes((*shape[:axis], *shape[axis + 1 :]))}",
            ("squeeze", (axis,)),
        )
        for axis, size in enumerate(shape)
        if size == 1
    ]
    if not remedies:
        merged = (Open() if isinstance(shape[0], Open) else shape[0] * shape[1], *shape[2:])
        remedies.append(transform_input(case, found, f"merge the first two axes: {sizes(merged)}", ("flatten", (0, 1))))
    return remedies


@extra_axis.in_text
def _(case: Case) -> Because | None:
    told = case.told
    rank = told.rank
    if told.symptom == "flatten-size":
        if told.numbers.get("got") != 1:
            return None
        return Because(
            "likely",
            "the last axis has size 1: axes of size one, as a pooling leaves them, stand behind the features",
            remedies=(Remedy("flatten before the linear layer: x.flatten(1)", "model"),),
            look_at=print_shape(case, "the features are to stand last"),
            weight=1.0,
        )
    if told.symptom == "trailing-shape":
        if case.framework != "jax" or not told.says("vmap", "must satisfy the invariant"):
            return None
        return Because(
            "likely",
            "the layer takes one sample, and a batch comes in",
            remedies=(Remedy("map it over the batch: jax.vmap(norm)(x)", "call"),),
            weight=1.2,
        )
    if told.symptom != "wrong-rank" or rank is None or not told.ranks or rank <= max(told.ranks):
        return None
    return Because(
        "likely" if told.role != "norm" else "possible",
        f"the input has {rank} axes, at least one more than the layer takes",
        remedies=(
            Remedy(
                "drop or merge the axis: x.squeeze(axis), or x.flatten(0, 1) for batch and time",
                "input",
                "one of them has size 1, or both count samples",
            ),
        ),
        look_at=print_shape(case, "which axis is one too many?"),
        weight=0.6,
    )
