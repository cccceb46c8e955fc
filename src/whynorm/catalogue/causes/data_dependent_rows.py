from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import other_norm
from whynorm.catalogue.program import origin_of
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.shapes import at, chain, out_shape, positions, sizes, source
from whynorm.facts import Case
from whynorm.facts.change import Feed
from whynorm.facts.spelling import layer_norm

_ROWS = (
    "roi",
    "proposal",
    "boxes",
    "voxel",
    "points",
    "point_cloud",
    "pointnet",
    "graph",
    "edge_index",
    "nodes",
    "mask]",
    "nonzero",
    "positive",
    "tracklet",
    "instances",
    "token",
    "toks",
    "sentence",
    "words",
    "utterance",
    "num_rows",
    "entities",
)


@cause("data-dependent-rows")
def data_dependent_rows(case: Case) -> Because | None:
    """The number of rows or positions depends on the data.

    A mask, `nonzero`, a filter of proposals or a graph's nodes decide how many rows reach the norm. Mostly there
    are hundreds, and once there is one.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.BatchNorm1d(4)
    rows = torch.arange(20.0).reshape(5, 4)
    model(rows[rows.sum(1) > 60])
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.BatchNorm1d(4)
    rows = torch.arange(20.0).reshape(5, 4)
    model(rows[rows.sum(1) > 30])
    ```

    ## Remedies and their price

    * Pass by the step when fewer than two rows are left. A norm over rows of several samples mixes their statistics
      anyway: a layer norm over the features of each row does not depend on how many there are.
    """
    call = case.call
    if not call.shape:
        return None
    picks = [step for step in chain(case) if step.role == "slice" and step.arguments.get("data_dependent")]
    if not picks:
        return _picked_before(case) or _cropped_before(case)
    pick = picks[-1]
    rows = (out_shape(pick) or (0,))[0]
    return Because(
        "certain",
        f"{pick.name} at {at(pick)} picks rows by their values: {rows} {'is' if rows == 1 else 'are'} left this time",
        at=pick,
        steps=(pick,),
        remedies=(
            Remedy(
                "pass a single row by, or wait until there are two: skip the step when fewer than 2 are left", "call"
            ),
            *_over_features(case),
        ),
        weight=1.0,
    )


def _over_features(case: Case) -> Iterator[Remedy]:
    """A norm of rows that looks at each row by itself."""
    call, shape = case.call, case.call.shape or ()
    if call.role == "norm" and len(shape) == 2 and call.reading is not None and 0 in call.reading.averages:
        kind, arguments = layer_norm(case.framework, shape[1])
        title = f"use {kind}: it averages over the {shape[1]} features of each row"
        when = "single rows must be taken as they come; that is another function, and weights no longer fit"
        yield become(case, call, title, kind, arguments, when=when)


def _picked_before(case: Case) -> Because | None:
    """The program picks the rows on the way to the model."""
    found = source(case)
    origin = origin_of(case, found) if found is not None else None
    rows = found.value.shape[0] if found is not None and found.value.shape else None
    if origin is None or rows is None or rows > 1:
        return None
    pick = next((step for step in origin.steps if step.kind == "picked"), None)
    if pick is None:
        return None
    return Because(
        "certain",
        f"{pick.expression} picks rows by their values: {rows} {'is' if rows == 1 else 'are'} left this time",
        origin=pick.location,
        remedies=(
            Remedy(
                "pass such a batch by, or wait until there are two rows: skip the step when fewer than 2 are left",
                "call",
                trial=batch_of(case, 2),
            ),
        ),
        weight=1.0,
    )


def _cropped_before(case: Case) -> Because | None:
    """The program cuts a part out, of one position, on the way to the model."""
    found = source(case)
    origin = origin_of(case, found) if found is not None else None
    if found is None or origin is None or len(found.value.shape) < 3 or positions(found.value.shape) > 1:
        return None
    cut = next((step for step in origin.steps if step.kind == "cropped"), None)
    if cut is None:
        return None
    whole = tuple(size if axis < 2 else 2 for axis, size in enumerate(found.value.shape))
    left = sizes(size for size in found.value.shape[2:])
    return Because(
        "certain",
        f"the borders of {cut.expression} depend on the data: {left} is left this time",
        origin=cut.location,
        remedies=(
            Remedy(
                "cut out at least two positions, or pass such a part by",
                "data",
                trial=(Feed(found.number, whole),),
            ),
        ),
        weight=1.0,
    )


@data_dependent_rows.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom not in ("one-value", "too-small", "empty-input"):
        return None
    if told.symptom == "one-value" and (told.family == "instance" or told.samples not in (1, None)):
        return None
    word = told.first(*_ROWS)
    if told.symptom == "one-value" and (word is None and not (shape is not None and len(shape) == 3 and shape[2] == 1)):
        return None
    what = "positions" if shape is not None and len(shape) > 2 else "rows"
    message = (
        f"the number of {what} depends on the data"
        + (f" (the text names {word.strip('(._ ')})" if word else "")
        + ", and this time too few are left"
    )
    return Because(
        "likely" if word is not None and told.symptom != "empty-input" else "possible",
        message,
        remedies=(
            Remedy("skip or pad what leaves fewer than two: if len(rows) > 1", "data"),
            other_norm(case, "single rows must be taken as they come"),
        ),
        look_at="print the number of rows in each step: it differs from batch to batch",
        weight=0.5 if word is not None else 0.35,
    )
