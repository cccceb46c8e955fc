from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.program import line_of, origin_of
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.catalogue.shapes import Source, at, chain, out_shape, sizes, source
from whynorm.facts import Call, Case
from whynorm.facts.change import Feed, OpenEnd, Remove, Replace
from whynorm.facts.cut import Border


@cause("empty-slice")
def empty_slice(case: Case) -> Because | None:
    """A slice, mask or shard produced an empty axis.

    A slice that begins behind the end is empty and raises nothing. So do a mask that is false everywhere, `chunk` or a
    split that leaves nothing for the last worker, a crop outside of the image. The size 0 then travels: norms let it
    pass, and a convolution or pooling far behind complains of its size.

    ```python fails torch
    import torch
    from torch import nn

    maps = torch.randn(4, 3, 8, 8)
    model = nn.Sequential(nn.InstanceNorm2d(3), nn.MaxPool2d(2))
    model(maps[:, :, 8:])
    ```

    ```python works torch
    import torch
    from torch import nn

    maps = torch.randn(4, 3, 8, 8)
    model = nn.Sequential(nn.InstanceNorm2d(3), nn.MaxPool2d(2))
    model(maps[:, :, 4:])
    ```

    A mean over nothing is NaN, and that is silent too:

    ```python silent torch
    import torch

    rows = torch.randn(8, 4)
    chosen = rows[torch.zeros(8, dtype=torch.bool)]
    assert chosen.shape == (0, 4) and chosen.mean().isnan()
    ```

    ## Remedies and their price

    * Look at the index: counted from 0, the end not included, in pixels or in the smaller map's?
    * Where nothing selected is a legal case, pass over the layer: `if len(rows): rows = norm(rows)`. In a group of
      processes all have to make the same calls; give an empty one a sample of weight 0.
    * For shards: fewer workers than samples.
    """
    call, found = case.call, source(case)
    if not call.shape or 0 not in call.shape:
        return None
    made = next(
        (step for step in chain(case) if step.shape and 0 not in step.shape and 0 in (out_shape(step) or ())), None
    )
    if made is not None:
        if made.role not in ("slice", "other", "reshape"):
            return None
        return Because(
            "certain",
            f"{made.name} at {at(made)} leaves {sizes(out_shape(made) or ())} of {sizes(made.shape or ())}",
            at=made,
            steps=(made,),
            remedies=(
                *_to_the_end(made),
                Remedy(
                    f"where nothing is selected, pass {call.name} by: if x.numel()",
                    "model",
                    "an empty one is a legal case",
                    (Remove(call.path),) if call.path else (),
                ),
            ),
            look_at="what the slice or mask selects; an empty one is to be passed by",
            weight=1.0,
        )
    if found is not None and 0 in found.value.shape:
        if found.value.shape[0] != 0:
            return _cut(case, found)
        filled = batch_of(case, 2)
        return Because(
            "certain",
            f"the input itself is empty: {sizes(found.value.shape)}",
            origin=line_of(case, found),
            remedies=(Remedy("pass an empty batch by: call the model only if it has samples", "call", trial=filled),),
            look_at="the split, filter or slice that the batch comes from",
            weight=1.0,
        )
    return None


def _cut(case: Case, found: Source) -> Because:
    """Every sample has an axis of size zero: a slice begins behind the end of what it is taken from."""
    shape, origin = found.value.shape, origin_of(case, found)
    cut = next((step for step in origin.steps if step.kind == "cropped"), None) if origin is not None else None
    axis = shape.index(0)
    fitting = [(*shape[:axis], size, *shape[axis + 1 :]) for size in _SIZES]
    filled = next((one for one in fitting if case.try_out((Feed(found.number, one),)).passed), None)
    known = case.hints.get("borders")
    borders = [one for one in known if isinstance(one, Border)] if isinstance(known, tuple) else []
    what = f"{cut.expression} begins behind the end of what it is cut from" if cut is not None else "the input is empty"
    title = f"have {'it' if cut is not None else 'the slice'} begin and end within what it is cut from"
    if borders:
        title = f"count in the steps of what is cut: {', '.join(one.counted for one in borders)}"
    return Because(
        "certain",
        f"the samples come empty, {sizes(shape)}: {what}",
        origin=cut.location if cut is not None else line_of(case, found),
        remedies=(
            Remedy(
                title,
                "data",
                trial=(Feed(found.number, filled),) if filled is not None else (),
                edits=tuple(Replace(one.location, one.written, one.counted) for one in borders),
            ),
        ),
        look_at="the borders of the slice next to the size of what it is cut from, and the unit of both",
        weight=1.0,
    )


_SIZES = (16, 32, 64, 128, 256, 512, 1024)
"""Sizes that are tried for an axis that came empty."""


def _to_the_end(made: Call) -> tuple[Remedy, ...]:
    """What is cut off at the end is nothing: `x[:-0]` is empty, and not all."""
    if made.body is None or not made.path or not any(value == 0 for value in made.arguments.values()):
        return ()
    title = "where nothing is to be cut off, keep all: x[:-n or None]"
    return (Remedy(title, "model", None, (Remove(made.path),), (OpenEnd(made.body),)),)


@empty_slice.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "empty-input":
        return None
    return Because(
        "likely",
        "a slice, mask or crop left nothing",
        remedies=(Remedy("skip what is empty before the network: if x.numel() > 0", "data"),),
        look_at="print(x.shape) before the network: one size is 0",
        weight=0.6,
    )
