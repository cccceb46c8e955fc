from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import line_of, origin_of
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import Source, at, channel_axis, sizes, source, wanted_channels
from whynorm.facts import Case, Learnt
from whynorm.facts.change import Edit, Feed, Rebuild, Replace, SetArgument

_DECODERS = ("decode_png", "decode_jpeg", "decode_image", "decode_gif", "decode_and_crop_jpeg")
"""What makes images of bytes in TensorFlow, with the number of channels as an argument."""
KINDS = {1: "grey images", 3: "RGB images", 4: "images with an alpha channel"}
PASSING = ("axes", "pad", "upsample", "pool", "activation", "dropout", "add", "other")
"""Roles that hand the data's channels on."""


@cause("data-channels")
def data_channels(case: Case) -> Because | None:
    """The data have other channels than the network was built for: grey, RGBA, latents, bands.

    The first convolution has weights for a number of channels. A PNG with transparency has four, a scan one, a
    satellite image eight or thirteen. A folder of mixed files fails at whichever comes first, perhaps after hours.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8))
    model(torch.rand(2, 1, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8))
    model(torch.rand(2, 1, 16, 16).expand(-1, 3, -1, -1))
    ```

    ## Remedies and their price

    * Where the images are read: `Image.open(path).convert("RGB")`, or `"L"` for a grey network. Transparency is
      dropped; what is under it may be black.
    * One channel into a network for three: repeat it, as above. A third of the work of the first layer is of use.
    * Other channels for good: build the network for them. Of trained weights only those of the first layer are lost;
      for one channel their sum over the input channels gives the same result as repeating.
    * Bands: choose those that the network knows, in its order.

    `x[:, :3]` on four channels is right for RGBA, and wrong for CMYK, or where the axis is not the channels'.
    """
    learnt = case.hints.get("learnt")
    if isinstance(learnt, Learnt) and case.call.raised is not None:
        return _adapted(case, learnt)
    call, found, wanted, axis = case.call, source(case), wanted_channels(case.call), channel_axis(case.call)
    if call.role == "linear" and call.raised is not None:
        return _columns(case)
    if call.role not in ("norm", "conv", "transposed-conv") and "in_channels" not in call.arguments:
        return None
    if found is None or wanted is None or axis is None or not call.shape or len(call.shape) < 3:
        return None
    if any(step.role not in PASSING for step in found.calls) or len(found.value.shape) != len(call.shape):
        return None
    got = call.shape[axis]
    if got == wanted or found.value.shape[axis] != got:
        return None
    usual = wanted in KINDS or got in KINDS
    what = KINDS.get(got, f"data of {got} channels") if len(call.shape) == 4 else f"data of {got} channels"
    return Because(
        "likely",
        f"the input {sizes(found.value.shape)} holds {what}, and {at(call)}, the first layer that looks, was built "
        f"for {wanted}",
        at=call,
        origin=line_of(case, found),
        remedies=tuple(_remedies(case, found, axis, got, wanted)),
        weight=0.9 if usual and call.role != "norm" else 0.1,
    )


def _columns(case: Case) -> Because | None:
    """A linear layer that took the number of columns from the first data that it saw, and now gets others."""
    call, found, wanted = case.call, source(case), wanted_channels(case.call)
    if found is None or wanted is None or not call.shape or "in_features" in call.written:
        return None
    shape = found.value.shape
    if any(step.role not in PASSING for step in found.calls) or shape[-1:] != call.shape[-1:] or shape[-1] == wanted:
        return None
    feed = Feed(found.number, (*shape[:-1], wanted))
    return Because(
        "certain" if case.try_out((feed,)).passed else "likely",
        f"the data have {shape[-1]} columns, and those that {at(call)}, the first layer, was built with had {wanted}",
        at=call,
        origin=line_of(case, found),
        remedies=(
            Remedy(f"give these data the {wanted} columns of those before, in their order", "data", None, (feed,)),
        ),
        weight=1.0,
    )


def _adapted(case: Case, learnt: Learnt) -> Because | None:
    """A layer that learnt its statistics from a table of other columns."""
    call, shape = case.call, case.call.shape
    if not shape or shape[-1] == learnt.columns or not call.path:
        return None
    fitting = [name for name, columns in learnt.others.items() if columns == shape[-1]]
    edits: tuple[Edit, ...] = ()
    if len(fitting) == 1 and learnt.written is not None:
        edits = (Replace(learnt.location, learnt.written, fitting[0]),)
    given = f": adapt({fitting[0]})" if edits else ""
    return Because(
        "certain",
        f"{call.name} was adapted to {learnt.columns} columns, and gets {shape[-1]}",
        origin=learnt.location,
        remedies=(Remedy(f"adapt it to what it is going to get{given}", "data", None, (Rebuild(call.path),), edits),),
        weight=2.0,
    )


def _remedies(case: Case, found: Source, axis: int, got: int, wanted: int) -> Iterator[Remedy]:
    call, shape = case.call, found.value.shape
    fitting = tuple(wanted if other == axis else size for other, size in enumerate(shape))
    yield from _decoded(case, found, wanted, fitting)
    if got == 1:
        repeats = tuple(wanted if other == axis else 1 for other in range(len(shape)))
        yield transform_input(
            case,
            found,
            f"repeat the single channel {wanted} times",
            ("repeat", repeats),
            when="the network must stay as it is, for its trained weights for instance",
        )
    elif got == wanted + 1:
        yield transform_input(
            case,
            found,
            f"drop channel {got}, keep the first {wanted}",
            ("narrow", (axis, 0, wanted)),
            when="it is alpha",
        )
    else:
        yield Remedy(f"feed data of {wanted} channels", "data", trial=(Feed(found.number, fitting),))
    if call.role in ("conv", "transposed-conv"):
        yield set_number(
            case,
            call,
            f"build {at(call)} for {got} channels: in_channels={got}",
            "in_channels",
            0,
            got,
            when="the data are as they should be; weights trained for another number do not fit then",
        )


def _decoded(case: Case, found: Source, wanted: int, fitting: tuple[int, ...]) -> Iterator[Remedy]:
    """The images are decoded with so many channels, where a function that takes their number does it."""
    origin = origin_of(case, found)
    step = origin.steps[-1] if origin is not None else None
    if step is None or step.kind != "read" or wanted not in (1, 3, 4):
        return
    function = step.expression.partition("(")[0]
    if function.rpartition(".")[2] in _DECODERS:
        edits = (SetArgument(step.location, function, "channels", 1, str(wanted)),)
        title = f"have {wanted} channels made of every image as it is decoded: channels={wanted}"
        yield Remedy(title, "data", trial=(Feed(found.number, fitting),), edits=edits)


@data_channels.in_text
def _(case: Case) -> Because | None:
    told = case.told
    got, wanted = told.numbers.get("got"), told.numbers.get("wanted")
    if told.symptom == "size-mismatch":
        if "broadcast shape" not in told.message:
            return None
        return Because(
            "possible",
            "the data have other channels than the mean and std that normalise them",
            remedies=(Remedy("give one mean and std for each channel, or convert the images to RGB", "data"),),
            weight=0.6,
        )
    if told.symptom != "input-channels" or (wanted or 0) > 16:
        return None
    kinds = {
        (1, 3): "are grey images, and the network wants RGB",
        (4, 3): "are images with an alpha channel, and the network wants RGB",
        (3, 1): "are colour images, and the network wants grey",
        (3, 4): "are images, and the network wants latents of 4 channels",
    }
    said = kinds.get(
        (got or 0, wanted or 0),
        f"have {got} channels, and the network wants {wanted}"
        if got and wanted
        else "have other channels than the network was built for",
    )
    convert = {
        (1, 3): "image.convert('RGB'), or x.repeat(1, 3, 1, 1)",
        (4, 3): "image.convert('RGB')",
        (3, 1): "image.convert('L')",
        (3, 4): "encode the images first",
    }.get((got or 0, wanted or 0), "give the data the channels that the network wants")
    return Because(
        "likely",
        f"the data {said}",
        remedies=(
            Remedy(f"convert the data: {convert}", "data"),
            Remedy(
                f"build the first convolution for {got} channels"
                if got
                else "build the first convolution for the data",
                "layer",
                "the data are right; its pretrained weights no longer fit",
            ),
        ),
        look_at=print_shape(case, f"its channels against the first layer's {wanted or 'in_channels'}"),
        weight=0.8,
    )
