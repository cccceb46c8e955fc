from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import Source, sizes, source
from whynorm.facts import Case


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

    * `squeeze(axis)` with its number: without one, it also drops the batch axis of a single sample.
    * Frames into the batch: `x.flatten(0, 1)`, and `unflatten` behind. A batch norm then averages over frames as
      well.
    """
    call, found = case.call, source(case)
    if found is None or not call.shape or (call.ranks and len(call.shape) <= max(call.ranks)):
        return None
    shape = found.value.shape
    if len(shape) < 3:
        return None
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
        merged = (shape[0] * shape[1], *shape[2:])
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
