from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.named_axis import norm_of_the_other
from whynorm.catalogue.phrases import print_shape, to_channels_second
from whynorm.catalogue.phrases import sizes as spelt
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.before_layer import at_layers, before_layer
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import Source, at, sizes, source, wanted_channels
from whynorm.catalogue.symptoms.wrong_axes import averages_another, keeps_another
from whynorm.catalogue.tearing import rank_before, torn_apart
from whynorm.facts import Case, channels_of


@cause("channels-last")
def channels_last(case: Case) -> Because | None:
    """Channels stand last where the layer wants them second.

    Images are read as height, width, channels by PIL, OpenCV and NumPy, and TensorFlow keeps them so; PyTorch's
    layers take `(N, C, H, W)`. `memory_format=torch.channels_last` changes the layout in memory, not the order of
    the axes.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Conv2d(3, 8, 3)
    model(torch.rand(2, 64, 64, 3))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Conv2d(3, 8, 3)
    model(torch.rand(2, 64, 64, 3).permute(0, 3, 1, 2))
    ```

    ## Remedies and their price

    * `permute(2, 0, 1)` for an image, `permute(0, 3, 1, 2)` for a batch, where the data become tensors. `reshape`
      or `view` to the right sizes mixes the pixels up: the error goes, and so does the image.
    * Not the height into the constructor, as the message seems to ask.
    """
    if case.call.torn is not None:
        return torn_apart(case) if case.call.torn.axis > 1 and rank_before(case) > 3 else None
    if keeps_another(case.call):
        return _around_norm(case)
    if averages_another(case.call):
        return None
    found = source(case)
    if found is None or len(found.value.shape) < 3 or channels_of(found.value.shape) != 1:
        return None
    if _is_taken(case, found):
        return _within(case)
    shape, wanted = found.value.shape, wanted_channels(case.call)
    if not found.calls and wanted is not None and shape[-1] != wanted:
        return None
    if (found.calls or wanted is None) and shape[-1] > 16:
        return None
    if len(shape) > 3 and shape[-1] == shape[-2] != shape[1] and shape[-1] != wanted:
        return None  # these are height and width
    remedies = list(_remedies(case, found))
    if case.call.raised is None:  # what goes on with the result goes on as it did
        remedies.sort(key=lambda one: not _gives_the_same(case, one))
    for remedy in remedies:
        passed = case.try_out(remedy.trial).passed
        if passed is not False:
            return Because(
                "certain" if passed else "likely",
                f"the input {sizes(shape)} holds its {shape[-1]} channels last, and the network wants them "
                f"{'second' if len(shape) > 3 else 'first'}",
                origin=line_of(case, found),
                remedies=(remedy,),
                weight=1.4,
            )
    return None


def _is_taken(case: Case, found: Source) -> bool:
    """Whether a convolution took its channels where they are, and nothing has moved them since."""
    taken = [number for number, one in enumerate(found.calls) if one.role in ("conv", "transposed-conv")]
    if not taken or case.call.raised is None:
        return bool(taken)
    since = {one.role for one in found.calls[taken[-1] :]}
    return found.calls[taken[-1]].raised is None and since.isdisjoint(("axes", "reshape"))


def _within(case: Case) -> Because | None:
    """A norm whose channels stand last in the middle of a network, and that does not look at them."""
    call, shape, wanted = case.call, case.call.shape or (), wanted_channels(case.call)
    if call.raised is not None or call.role != "norm" or len(shape) < 4 or not shape[1] != wanted == shape[-1]:
        return None
    remedy = _moved_at(case, len(shape))
    return Because(
        "certain" if case.try_out(remedy.trial).passed else "likely",
        f"{sizes(shape)} holds its {wanted} channels last, and {at(call)} takes axis 1 for them",
        at=call,
        remedies=(remedy,),
        weight=1.4,
    )


def _around_norm(case: Case) -> Because | None:
    """A norm that gets its channels last from layers that have them so."""
    call, shape, reading = case.call, case.call.shape or (), case.call.reading
    if "axis" in call.arguments:
        return norm_of_the_other(case) if call.channel_axis != 1 else None
    if len(shape) < 4 or call.channel_axis != len(shape) - 1 or reading is None:
        return None
    return Because(
        "certain",
        f"the layers around {at(call)} have their {shape[-1]} channels last, and it takes axis 1 of {sizes(shape)} for "
        f"them, which is as large",
        at=call,
        remedies=(_moved_at(case, len(shape)),),
        weight=1.4,
    )


def _gives_the_same(case: Case, remedy: Remedy) -> bool:
    """Whether the root, with this remedy, gives what it gave, by its shape."""
    outputs, last = case.try_out(remedy.trial).outputs, case.trace.calls[-1].outputs
    return bool(outputs and last) and outputs[0] == last[0].shape


def _moved_at(case: Case, rank: int) -> Remedy:
    order, back = (0, rank - 1, *range(1, rank - 1)), (0, *range(2, rank), 1)
    call, moved, returned = case.call, ", ".join(map(str, order)), ", ".join(map(str, back))
    return Remedy(
        f"move the channels to axis 1 before {at(call)}, and back behind it",
        "model",
        trial=at_layers(case, call, "permute", order, back=True),
        edits=before_layer(call, f"{{}}.permute({moved})", None, after=f"{{}}.permute({returned})"),
    )


def _remedies(case: Case, found: Source) -> Iterator[Remedy]:
    shape = found.value.shape
    rank = len(shape)
    if rank >= 4:
        order = (0, rank - 1, *range(1, rank - 1))
        moved = sizes(shape[axis] for axis in order)
        yield transform_input(case, found, f"move the channels to axis 1: {moved}", ("permute", order), safe=True)
    if rank == 3:
        moved = sizes((shape[2], shape[0], shape[1]))
        yield transform_input(case, found, f"move the channels first: {moved}", ("permute", (2, 0, 1)), safe=True)
    if rank in (3, 4):
        order = (rank - 1, *range(rank - 1))
        moved = sizes((1, *(shape[axis] for axis in order)))
        yield transform_input(
            case,
            found,
            f"move the channels first and add the batch axis: {moved}",
            ("permute", order),
            ("unsqueeze", (0,)),
            safe=True,
        )
    if rank >= 4 and case.call.role == "norm":
        yield _moved_at(case, rank)


@channels_last.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.last_axis or shape is None or len(shape) < 3:
        wanted, got = told.numbers.get("wanted"), told.numbers.get("got")
        if told.symptom != "channel-mismatch" or told.last_axis or wanted is None or got is None:
            return None
        if not told.says("linear", "permute", "transpose", "nhwc", "batchnorm1d", "lstm", "seq"):
            return None
        return Because(
            "possible",
            f"features may stand last, and axis 1, with {got}, is taken for the channels",
            remedies=(to_channels_second(case, 3),),
            look_at=print_shape(case, f"is {wanted} its last size?"),
            weight=0.3,
        )
    wanted = told.numbers.get("wanted")
    weight_shape = told.lists.get("weight")
    if wanted is None and told.symptom == "channel-mismatch" and weight_shape is not None:
        wanted = weight_shape[0]
    if told.symptom == "uneven-groups":
        groups = told.numbers.get("groups")
        if not groups or shape[-1] is None or shape[-1] % groups or len(shape) < 4 or shape[1] != shape[2]:
            return None
    elif (
        told.symptom not in ("input-channels", "channel-mismatch", "channels-ignored", "too-small")
        or wanted is None
        or shape[-1] != wanted
        or shape[1] == wanted
    ):
        return None
    return Because(
        "likely",
        f"the last of {spelt(shape)} fits, and the layer takes the second for the channels",
        remedies=(to_channels_second(case, len(shape)),),
        look_at=print_shape(case, "channels are to stand second"),
        weight=1.1 if len(shape) > 3 else 0.7,
    )
