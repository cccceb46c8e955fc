from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.before_layer import as_samples, at_layers, before_layer
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import Source, at, maker, sizes, source, users, wanted_channels
from whynorm.catalogue.tearing import rank_before, torn_apart
from whynorm.facts import Call, Case
from whynorm.facts.change import Change, Edit, Rebuild, SetArgument, Wrap

BY_FEATURE = ("linear", "recurrent", "attention", "embedding")
"""Roles that want the features last."""


@cause("sequence-order")
def sequence_order(case: Case) -> Because | None:
    """(batch, time, features) where (batch, features, time) is meant, or the reverse.

    Recurrent layers with `batch_first`, attention and linear layers keep features last; `Conv1d`, `BatchNorm1d` and
    `InstanceNorm1d` take them second. At `BatchNorm1d(24)` on `(N, 30, 24)` the message speaks of 30 and 24; if
    both numbers are equal nothing is said, and the statistics are taken for each time step.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(8, 24), nn.BatchNorm1d(24))
    model(torch.randn(4, 30, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    features = nn.Linear(8, 24)(torch.randn(4, 30, 8))
    nn.BatchNorm1d(24)(features.transpose(1, 2)).transpose(1, 2)
    ```

    ## Remedies and their price

    * `transpose(1, 2)` around the layer. Where padding fills the sequences, its positions count in the statistics.
    * Clips of frames stacked as `(N, T, C, H, W)` become `(N, C, T, H, W)` by `permute(0, 2, 1, 3, 4)`, or by
      `torch.stack(frames, dim=1)` where they are made.
    * A layer norm takes features last and needs no transpose; it averages over the features of each step: another
      function.
    """
    if case.call.torn is not None:
        return torn_apart(case) if rank_before(case) == 3 else None
    call, shape, wanted = case.call, case.call.shape, wanted_channels(case.call)
    if wanted is None and isinstance(trailing := call.arguments.get("normalized_shape"), tuple) and len(trailing) == 1:
        wanted = trailing[0]
    if shape is not None and len(shape) == 5 and wanted is not None:
        return _frames(case, wanted)
    if shape is not None and len(shape) == 4 and call.channel_axis == 2 and call.raised is None:
        return _of_heads(case, shape)
    if shape is not None and len(shape) == 4 and call.role == "norm" and shape[2] == wanted not in (shape[1], shape[3]):
        return _of_bins(case, shape)
    if shape is None or len(shape) != 3 or wanted is None:
        return None
    if (features := features_last(case)) is not None and features != wanted:
        return _and_number(case, wanted, features)
    last = call.role in BY_FEATURE or "normalized_shape" in call.arguments
    other = 1 if last else 2
    told = call.raised is None and call.channel_axis == other  # by the layers around it: the sizes are the same
    if not told and (shape[other] != wanted or shape[3 - other] == wanted):
        return None
    here, meant = ("features", "time") if last else ("time", "channels")
    said = (
        f"{at(call)} takes axis 1 of {sizes(shape)} for its {meant}, and it holds the {here}: the {wanted} "
        f"stand on axis {other}"
    )
    for remedy, found in _remedies(case):
        passed = case.try_out(remedy.trial).passed
        if passed is not False:
            return Because(
                "certain" if passed else "likely",
                said,
                at=call if found is None else None,
                origin=line_of(case, found),
                remedies=(remedy,),
                weight=1.3,
            )
    return Because("likely", said, at=call, weight=0.5) if call.path is None else None


def features_last(case: Case) -> int | None:
    """How many features stand on the last axis of what a norm of axis 1 gets from a layer that puts them there."""
    call, shape = case.call, case.call.shape or ()
    made = next(iter(case.trace.upstream(call)), None)
    while made is not None and made.role in ("activation", "dropout"):
        made = next(iter(case.trace.upstream(made)), None)
    if call.role != "norm" or call.raised is None or len(shape) != 3 or made is None or made.role not in BY_FEATURE:
        return None
    numbered = isinstance(call.arguments.get("num_features"), int)
    return shape[2] if numbered and any(value.shape == shape for value in made.outputs) else None


def _and_number(case: Case, wanted: int, features: int) -> Because | None:
    """A batch norm gets (batch, time, features), and was built for neither number."""
    call = case.call
    shape, swap = call.shape or (), "{}.transpose(1, 2)"
    if call.path is None:
        return None
    number = Rebuild(call.path, arguments={"num_features": features})
    edits: tuple[Edit, ...] = before_layer(call, swap, None, after=swap)
    if call.built is not None and edits:
        edits = (*edits, SetArgument(call.built, call.type, "num_features", 0, str(features), was=wanted))
    title = f"build {at(call)} for {features}, and swap axes 1 and 2 before it, and back behind it"
    trial: tuple[Change, ...] = (number, *at_layers(case, call, "transpose", (1, 2), back=True))
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{at(call)} takes axis 1 of {sizes(shape)} for its channels, and it holds the time: the features stand on "
        f"axis 2, and they are {features}, not {wanted}",
        at=call,
        remedies=(Remedy(title, "model", trial=trial, edits=edits),),
        weight=1.4,
    )


def _frames(case: Case, wanted: int) -> Because | None:
    """Clips as (batch, time, channels, height, width), where the channels are to come before the time."""
    call, found = case.call, source(case)
    if found is None or call.channel_axis not in (None, 1) or call.raised is None:
        return None
    shape = found.value.shape
    if len(shape) != 5 or shape[2] != wanted or shape[1] == wanted or found.calls:
        return None
    order = (0, 2, 1, 3, 4)
    moved = sizes(shape[axis] for axis in order)
    remedy = transform_input(case, found, f"move the channels before the time: {moved}", ("permute", order))
    passed = case.try_out(remedy.trial).passed
    if passed is False:
        return None
    return Because(
        "certain" if passed else "likely",
        f"the input {sizes(shape)} holds {shape[1]} frames, each of {wanted} channels; {at(call)} wants the channels "
        f"on axis 1, before the time",
        origin=line_of(case, found),
        remedies=(remedy,),
        weight=1.4,
    )


def _as_rows(case: Case) -> Remedy | None:
    """A sequence of layers that look at features alone, a batch norm among them, gets each position as a row."""
    call, shape = case.call, case.call.shape or ()
    path, _, number = (call.path or "").rpartition(".")
    inside = [one for one in case.trace.calls if one.path is not None and one.path.startswith(f"{path}.")]
    name = path.rpartition(".")[2]
    if not path or not number.isdigit() or call.location is None or f"self.{name}(" not in call.location.code:
        return None
    if call.role != "norm" or not {one.role for one in inside} <= {"linear", "norm", "activation", "dropout"}:
        return None
    if any(one.shape is None or len(one.shape) != 3 for one in inside):
        return None
    title = f"give {path} each position as a row: flatten batch and time before it, and unflatten them behind it"
    return as_samples(call, path, f"self.{name}", shape[1], title)


def _of_heads(case: Case, shape: tuple[int, ...]) -> Because:
    """Queries or keys as (batch, heads, features, time), where a norm of their features takes the last axis."""
    call, swap = case.call, "{}.transpose(-2, -1)"
    trial = at_layers(case, call, "transpose", (2, 3), back=True)
    title = f"swap the last two axes before {at(call)}, and back behind it"
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{at(call)} takes the last axis of {sizes(shape)}, and its {shape[2]} features stand on axis 2: another norm "
        "that is built alike gets them last",
        at=call,
        remedies=(Remedy(title, "model", trial=trial, edits=before_layer(call, swap, None, after=swap)),),
        weight=1.3,
    )


def _of_bins(case: Case, shape: tuple[int, ...]) -> Because | None:
    """Maps whose rows a norm has its parameters for: the bins of a spectrogram, (batch, 1, bins, time)."""
    call = case.call
    trial, swap = at_layers(case, call, "transpose", (1, 2), back=True), "{}.transpose(1, 2)"
    if call.path is None or case.try_out(trial).passed is not True:
        return None
    title = f"swap axes 1 and 2 before {at(call)}, and back behind it"
    return Because(
        "likely",
        f"{at(call)} takes axis 1 of {sizes(shape)} for its channels, and the {shape[2]} stand on axis 2",
        at=call,
        remedies=(Remedy(title, "model", trial=trial, edits=before_layer(call, swap, None, after=swap)),),
        weight=1.3,
    )


def _remedies(case: Case) -> Iterator[tuple[Remedy, Source | None]]:
    found = source(case)
    behind = _behind_maker(case)
    if behind is not None:
        yield behind, None
    at_layer, turned = _at_layer(case), _turned(case)
    inside = found is None or any(step.role in BY_FEATURE or _normalises_last(step) for step in found.calls)
    inside |= case.call.raised is None and case.call.role not in BY_FEATURE and _then_by_feature(case, case.call)
    rows = _as_rows(case)
    if inside and rows is not None:
        yield rows, None
    if inside and at_layer is not None:
        yield at_layer, None
    if inside and turned is not None:
        yield turned, None
    if found is not None and len(found.value.shape) == 3:
        shape = found.value.shape
        moved = sizes((shape[0], shape[2], shape[1]))
        yield transform_input(case, found, f"swap axes 1 and 2 of the input: {moved}", ("permute", (0, 2, 1))), found
    if not inside and at_layer is not None:
        yield at_layer, None


def _then_by_feature(case: Case, call: Call) -> bool:
    """Whether what a call gives goes, as it is, to a layer that wants the features last."""
    following = [one for one in users(case, call) if one is not call]
    if any(one.role in BY_FEATURE for one in following):
        return True
    return any(_then_by_feature(case, one) for one in following if one.role in ("activation", "dropout"))


def _behind_maker(case: Case) -> Remedy | None:
    """The layer that gives features last has its output turned, where all that it goes to wants them second."""
    call, made = case.call, maker(case, *BY_FEATURE)
    if call.role in BY_FEATURE or made is None or made.location is None or case.trace.producer(call.inputs[0]) != made:
        return None
    called = list(users(case, made))
    if len(called) < 2 or any((one.type, one.location) != (call.type, call.location) for one in called):
        return None
    name = (made.path or "").rpartition(".")[2]
    edits: tuple[Edit, ...] = ()
    if f"self.{name}(" in made.location.code:
        edits = (Wrap(made.location, f"self.{name}", 0, "{}", "{}.transpose(1, 2)"),)
    trial = at_layers(case, call, "transpose", (1, 2))
    return Remedy(f"swap axes 1 and 2 of what {at(made)} gives", "model", trial=trial, edits=edits)


def _at_layer(case: Case) -> Remedy | None:
    call = case.call
    if call.path is None:
        return None
    trial = at_layers(case, call, "transpose", (1, 2), back=True)
    edits = before_layer(call, "{}.transpose(1, 2)", None, after="{}.transpose(1, 2)")
    return Remedy(f"swap axes 1 and 2 before {at(call)}, and back behind it", "model", trial=trial, edits=edits)


def _normalises_last(call: Call) -> bool:
    """Whether a norm on the way takes its features last."""
    return "normalized_shape" in call.arguments


def _turned(case: Case) -> Remedy | None:
    """What follows takes the axes in the layer's order too."""
    call = case.call
    if call.path is None:
        return None
    trial = at_layers(case, call, "transpose", (1, 2))
    edits = before_layer(call, "{}.transpose(1, 2)", None)
    return Remedy(f"swap axes 1 and 2 before {at(call)}", "model", trial=trial, edits=edits)


@sequence_order.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    wanted = told.numbers.get("wanted")
    if told.symptom == "trailing-shape":
        weight = told.lists.get("weight")
        if shape is None or weight is None or len(shape) != 3 or len(weight) != 1:
            return None
        fits = shape[1] == weight[0]
        return Because(
            "likely" if fits else "possible",
            "batch, features and time come in, and the features are meant to stand last"
            if fits
            else "the axes may stand in another order than the layer takes them",
            remedies=(Remedy("transpose around it: norm(x.transpose(1, 2)).transpose(1, 2)", "call"),),
            look_at=print_shape(case, "batch, time, features"),
            weight=0.9 if fits else 0.1,
        )
    if told.symptom not in ("channel-mismatch", "input-channels"):
        return None
    fits = shape is not None and len(shape) == 3 and wanted is not None and shape[2] == wanted
    one = told.says(
        "batchnorm1d",
        "instancenorm1d",
        "conv1d",
        "batch_norm1d",
        "lstm",
        "gru",
        "sequence",
        "time",
        "seq_len",
        "transpose(",
    )
    if shape is not None and not fits:
        return None
    if not fits and not one:
        return None
    return Because(
        "likely" if fits else "possible",
        "batch, time and features come in, and the layer takes axis 1 for the features",
        remedies=(Remedy("transpose around it: norm(x.transpose(1, 2)).transpose(1, 2)", "call"),),
        look_at=print_shape(case, "batch, features, time"),
        weight=1.05 if fits else 0.35,
    )
