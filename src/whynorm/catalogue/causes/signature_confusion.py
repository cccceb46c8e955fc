from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.cutting import miscounted
from whynorm.catalogue.judges.learning import odd_momentum, recalibrated_in_vain
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.remedies.functions import is_function
from whynorm.catalogue.remedies.momentum import usual_momentum
from whynorm.catalogue.remedies.number import arguments_written, set_number
from whynorm.catalogue.shapes import same_line, sizes
from whynorm.catalogue.symptoms.wrong_axes import averages_batch, averages_positions
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Omit, Rebuild, Rename, Replace, SetArgument


@cause("signature-confusion")
def signature_confusion(case: Case) -> Because | None:
    """An argument means something else in this framework.

    The names are alike, the order and the meaning are not; and where a number is taken for another argument of the same
    type nothing raises.

    | argument | PyTorch | Keras | Flax |
    |---|---|---|---|
    | first of a group norm | groups | groups | groups (linen) |
    | second of a group norm | channels | axis | `group_size` (linen) |
    | first of a layer norm | the trailing sizes | axis | epsilon (linen) |
    | `axis` of a batch norm | none | the one to *keep* | the one to *keep* |
    | `axis` of a layer norm | none | those to average over | `reduction_axes` |
    | `momentum` | the share of the new | the share of the old | the share of the old |
    | a number given to `split` | the size of each piece | how many pieces | how many pieces (`jnp.split`) |

    ```python fails torch
    from torch import nn

    nn.GroupNorm(64, 8)
    ```

    ```python works torch
    from torch import nn

    nn.GroupNorm(8, 64)
    ```

    Silent ones in PyTorch: the second positional argument of batch, instance and layer norms is `eps`. A momentum or
    `affine` that stands there is taken for it.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.InstanceNorm2d(4, True)
    assert norm.eps == 1 and not norm.affine
    assert norm(torch.randn(2, 4, 32, 32)).std() < 0.8
    assert nn.BatchNorm2d(4, 0.9).eps == 0.9
    ```

    ## Remedies

    Write the names: `nn.BatchNorm2d(64, momentum=0.01)`, `GroupNormalization(groups=8)`. A momentum taken over from
    Keras or Flax is 1 minus it in PyTorch: 0.99 is 0.01. And print the layer once: its `repr` shows what it understood.
    """
    call = case.call
    if call.measured is not None and call.measured.columns is not None and call.measured.columns.lost:
        return _no_column(case)
    if call.history is not None:
        return _momentum(case)
    if "cut" in case.hints:
        return miscounted(case)
    if "axis" in call.arguments:
        return _axis(case) or _momentum(case)
    if is_function(call) and call.arguments.get("training") is False and call.raised is not None:
        return _without_statistics(case)
    groups, channels = call.arguments.get("num_groups"), call.arguments.get("num_channels")
    if not isinstance(groups, int) or not isinstance(channels, int) or not channels < groups or groups % channels:
        return None
    written = arguments_written(call)
    if written is not None and "group" in written[0].lower():
        return None  # it stands where it belongs, and is too large
    edits: tuple[Edit, ...] = ()
    if call.built is not None and written is not None and len(written) >= 2 and not any("=" in one for one in written):
        edits = (Rename(call.built, call.type, call.type, ", ".join([written[1], written[0], *written[2:]])),)
    trial = tuple(
        Rebuild(layer.path or "", arguments={"num_groups": channels, "num_channels": groups})
        for layer in same_line(case, call)
    )
    return Because(
        "likely",
        f"the groups come first: {call.type}({groups}, {channels}) is {groups} groups of {channels} channels",
        at=call,
        remedies=(
            Remedy(f"swap the two numbers: {call.type}({channels}, {groups})", "layer", None, trial, edits, True),
        ),
        weight=1.5,
    )


def _without_statistics(case: Case) -> Because | None:
    """A function is told to use running statistics, and gets none."""
    call = case.call
    if call.arguments.get("running_mean") is not None or "running_mean" not in call.arguments:
        return None
    remedy = set_number(
        case,
        call,
        "use the statistics of the batch in either mode: training=True",
        "training",
        4,
        True,
        when="there are to be no running statistics; a result then depends on what else is in the batch",
    )
    return Because(
        "certain" if case.try_out(remedy.trial).passed else "likely",
        f"training=False has {call.type} use running statistics, and it is given none",
        at=call,
        remedies=(
            remedy,
            Remedy(
                "keep running statistics, and pass them in both modes", "model", "single samples are to be inferred"
            ),
        ),
        weight=1.5,
    )


def _momentum(case: Case) -> Because | None:
    """A momentum as another framework counts it."""
    if recalibrated_in_vain(case.call) is not None:
        return _in_vain(case)
    found, momentum, history = odd_momentum(case.call), case.call.arguments.get("momentum"), case.call.history
    if found is None or not isinstance(momentum, float) or history is None or history.statistics is None:
        return None
    share = history.statistics.momentum
    if share is None or not 0.5 <= share < 1:
        return None
    here, there = "the share of the new batch here; in Keras and Flax", "that of the old statistics"
    if share != momentum:
        here, there = "the share of the old statistics here; in PyTorch", "that of the new batch"
    return Because(
        "likely",
        f"momentum={momentum:g} is {here} it is {there}",
        at=case.call,
        remedies=(usual_momentum(case),),
        weight=1.5,
    )


def _in_vain(case: Case) -> Because:
    """Statistics that were to be learnt anew by a momentum as another framework counts it."""
    found, history = recalibrated_in_vain(case.call), case.call.history
    assert found is not None
    assert found.use is not None
    assert history is not None
    assigned = next((one for one in history.assigned if one.name == "momentum"), None)
    value = 0.0 if found.use.calls == 1 else 0.9
    what = "they are those of this batch then" if not value else "each batch adds a tenth then"
    return Because(
        "certain",
        "momentum=1 is the share of the old statistics here; in PyTorch it is that of the new batch",
        at=case.call if assigned is None else None,
        origin=assigned.location if assigned is not None else None,
        remedies=(
            Remedy(
                f"set momentum to {value} there: {what}",
                "layer",
                trial=(Rebuild(case.call.path or "", arguments={"momentum": value}),),
                edits=() if assigned is None else (Replace(assigned.location, assigned.written, str(value)),),
            ),
        ),
        weight=1.5,
    )


def _no_column(case: Case) -> Because:
    """A table that is taken for one thing."""
    remedy = set_number(
        case,
        case.call,
        "one mean and variance for each column: axis=-1",
        "axis",
        None,
        -1,
        when="columns differ in kind",
    )
    return Because(
        "certain",
        "axis names the axes whose entries are kept apart, and axis=None keeps none: it is not the default, -1",
        at=case.call,
        remedies=(remedy,),
        weight=1.5,
    )


def _axis(case: Case) -> Because | None:
    """An axis that is not there, or one to keep taken for one to average over."""
    call, shape, named = case.call, case.call.shape, case.call.arguments["axis"]
    axes = named if isinstance(named, tuple) else (named,)
    if not shape or not all(isinstance(axis, int) for axis in axes):
        return None
    rank = len(shape)
    missing = [axis for axis in axes if not -rank <= axis < rank]
    if missing:
        message = f"{sizes(shape)} has the axes 0 to {rank - 1}, the batch included, and no axis {missing[0]}"
    elif call.reading is not None and call.reading.family == "batch" and 0 in call.reading.keeps:
        message = "axis names the axis to keep, that of the channels, not the one to average over: axis 0 is the batch"
    elif averages_positions(call):
        message = "axis names the axis to average over: each position over its features is the last one"
    elif averages_batch(call):
        message = "axis names the axis to average over, and counts the batch: axis 0 is the batch"
    else:
        return None
    if missing:
        message += f"; {call.type} finds out the number of channels itself"
    remedy = _usual_axis(case) if missing else _last_axis(case)
    return Because("likely", message, at=call, remedies=(remedy,), weight=1.0)


def _last_axis(case: Case) -> Remedy:
    return set_number(
        case, case.call, "name the last axis: axis=-1", "axis", None, -1, when="the last axis holds the channels"
    )


def _usual_axis(case: Case) -> Remedy:
    """The axis of the channels, for all norms that name one which is not there."""
    axis = 1 if case.call.channel_axis == 1 else -1
    norms = [one for one in case.trace.calls if one.type == case.call.type and one.raised is not None]
    return Remedy(
        "leave the axis out: it is the last one, -1" if axis == -1 else f"name the axis of the channels: axis={axis}",
        "layer",
        when=None if axis == 1 else "the last axis holds the channels",
        trial=tuple(Rebuild(one.path or "", arguments={"axis": axis}) for one in norms),
        edits=tuple(dict.fromkeys(_named(one, axis) for one in norms if one.built is not None)),
    )


def _named(call: Call, axis: int) -> Edit:
    """A norm is built with another axis; where that is the usual one, with none that another framework's count took."""
    assert call.built is not None
    keyword, place = call.written.get("axis", ("axis", None))
    named = SetArgument(call.built, call.type, keyword, place, repr(axis))
    return named if axis != -1 or place is None else Omit(call.built, call.type, place, named)


@signature_confusion.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "axis-out-of-range":
        return Because(
            "likely",
            "the argument names an axis that the input does not have: the batch counts, and counting starts at 0",
            remedies=(Remedy("name an axis that the input has: axis=-1 is the last", "layer"),),
            look_at=print_shape(case, "the axis must be less than the number of axes"),
            weight=0.5,
        )
    if told.symptom == "channel-mismatch" and told.in_code(
        "functional.batch_norm(", "f.batch_norm(", "functional.instance_norm(", "f.instance_norm("
    ):
        return Because(
            "likely",
            "the function takes running statistics, one for each channel, and not the mean of this batch",
            remedies=(Remedy("use the module, or pass running_mean=None, running_var=None, training=True", "call"),),
            weight=0.7,
        )
    if told.symptom == "statistics-mode" and case.framework in ("flax", "jax"):
        return Because(
            "possible",
            "train= or use_running_average= says something else than is meant",
            remedies=(Remedy("pass use_running_average=not train to the layer, once", "call"),),
            weight=0.3,
        )
    if told.symptom == "size-mismatch" and case.framework in ("keras", "tensorflow"):
        return Because(
            "possible",
            "Conv2D(32, 3, 3) means kernel 3 and stride 3 since Keras 2",
            remedies=(Remedy("write the kernel as a pair: Conv2D(32, (3, 3))", "layer"),),
            weight=0.2,
        )
    if told.symptom in ("unsupported-export", "framework-bug", "trailing-shape") and told.says(
        "spatial", "rms_scaling", "axis", "torch.layer_norm("
    ):
        return Because("possible", "an argument means something else here", weight=0.05)
    return None
