from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.layer import become, pool_positions
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, maker, open_axes, sizes, source
from whynorm.facts import Call, Case, Open
from whynorm.facts.spelling import instance_norm
from whynorm.facts.words import listed


@cause("unknown-input-size")
def unknown_input_size(case: Case) -> Because | None:
    """The model is built with sizes left open.

    `None` in a Keras input stands for a size that comes later. For batch, height and width that is well. A norm makes
    one scale and shift for each channel, when it is built, so the channels cannot be left open; nor can any axis on
    which a layer norm is to have parameters.

    ```python fails keras
    import keras

    keras.Sequential([keras.Input((8, 8, None)), keras.layers.BatchNormalization()])
    ```

    ```python works keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.BatchNormalization()])
    ```

    Instance norm over height and width, written as a layer norm over these axes, needs them for its parameters; as a
    group norm it needs the channels alone:

    ```python fails keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.LayerNormalization(axis=(1, 2))])
    ```

    ```python works keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.GroupNormalization(groups=-1)])
    ```

    ## Remedies and their price

    * Name the channels in `Input(shape=...)`; leave open only what does change.
    * For a layer norm, `scale=False, center=False` where no parameters are wanted: then nothing has to be made. A batch
      norm needs the channels all the same, for its statistics, and a group norm for its groups.
    * A flatten behind open sizes makes an open feature axis: pool over the positions in its place.
    * For an export: fix the sizes that the norm needs, and leave the batch open.

    In PyTorch a lazy layer leaves its sizes open until its first call. Counting its parameters, copying them or loading
    them into another model before that fails:

    ```python fails torch
    from torch import nn

    model = nn.Sequential(nn.LazyLinear(8), nn.LazyBatchNorm1d())
    sum(one.numel() for one in model.parameters())
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.LazyLinear(8), nn.LazyBatchNorm1d())
    model(torch.randn(4, 3))
    assert sum(one.numel() for one in model.parameters()) == 48
    ```

    A number that is merely likely, put in to make it build, is a promise: other inputs are refused later.
    """
    call = case.call
    if "uninitialized" in case.hints:
        return _lazy(case)
    if call.raised is None or not open_axes(call.shape):
        return None
    found = source(case)
    if found is None or not open_axes(found.value.shape):
        return None
    flatten = maker(case, "reshape") if call.role == "linear" else None
    if flatten is not None and flatten.type == "Flatten":
        return _behind_a_flatten(case, flatten)
    if call.role == "norm" and "axis" in call.arguments:
        return _norm(case)
    return Because(
        "likely",
        f"the input {sizes(found.value.shape)} leaves sizes open, and {at(call)} needs the one of its channels",
        at=call,
        remedies=(Remedy("give that size in Input(shape=...)", "model"),),
        weight=0.5,
    )


def _lazy(case: Case) -> Because:
    """A layer that takes its sizes from its first input, whose parameters are used before it had one."""
    waiting = case.hints["uninitialized"]
    others = f", and so have {waiting - 1} more" if isinstance(waiting, int) and waiting > 1 else ""
    return Because(
        "certain",
        f"{at(case.call)} takes its sizes from its first input, and has had none yet{others}: it has no parameters to "
        f"count, copy or read",
        at=case.call,
        remedies=(
            Remedy(
                "call the model once on a batch as it will come, before its parameters are used: with "
                "torch.no_grad(): model(batch)",
                "call",
                "the sizes are to be found by the first batch; in training mode that batch moves running statistics",
            ),
            Remedy("name the sizes: the plain layer with its number, in place of the lazy one", "layer"),
        ),
        weight=1.5,
    )


def _behind_a_flatten(case: Case, flatten: Call) -> Because | None:
    """Positions whose number is open are flattened, and a layer of features is to be built on them."""
    shape = flatten.shape or ()
    pooled = pool_positions(case, flatten)
    if pooled is None:
        return None
    return Because(
        "certain",
        f"{at(flatten)} makes one axis of {sizes(shape)}, whose sizes are left open: {at(case.call)} cannot know how "
        f"many features that are",
        at=flatten,
        steps=(flatten,),
        remedies=(
            pooled,
            Remedy("name the sizes in Input(shape=...)", "model", "all inputs have the same size"),
        ),
        weight=1.2,
    )


def _norm(case: Case) -> Because:
    """A norm whose parameters are to stand on an axis of open size."""
    call, shape, named = case.call, case.call.shape or (), case.call.arguments["axis"]
    last = len(shape) - 1
    axes = [axis % len(shape) for axis in (named if isinstance(named, tuple) else (named,)) if isinstance(axis, int)]
    needed = [axis for axis in axes if axis in open_axes(call.shape)]
    remedies: list[Remedy] = []
    if isinstance(named, tuple) and len(named) > 1 and len(shape) > 3:
        kind, arguments = instance_norm(case.framework, len(shape), last, shape[last])
        written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        title = f"use {kind}({written}): instance norm, whose parameters stand on the channels alone"
        when = "each channel of each sample is to be normalised over its positions"
        remedies.append(become(case, call, title, kind, arguments, when=when))
    elif last not in axes and not isinstance(shape[last], Open):
        title = f"name the axis of the {shape[last]} channels: axis=-1"
        remedies.append(set_number(case, call, title, "axis", None, -1))
    if not remedies:
        remedies.append(Remedy("give the size of that axis in Input(shape=...)", "model"))
    proven = case.try_out(remedies[0].trial).passed
    return Because(
        "certain" if proven else "likely",
        f"{at(call)} has parameters on axis {listed(map(str, needed or axes))} of {sizes(shape)}, which is left open",
        at=call,
        remedies=tuple(remedies),
        weight=1.0,
    )


@unknown_input_size.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "undefined-axis":
        return Because(
            "likely",
            "the model is built with sizes left open, and the layer needs this one",
            remedies=(Remedy("give the size in Input(shape=...): at least that of the channels", "model"),),
            look_at="print(x.shape) where the layer is called: which axis is None?",
            weight=0.6,
        )
    if told.symptom in ("unsupported-export", "framework-bug"):
        dynamic = told.says("dynamic", "unknown")
        return Because(
            "possible",
            "the sizes are left open, and the norm needs them",
            remedies=(Remedy("export with fixed sizes, without dynamic axes", "call", "one size will do"),),
            weight=0.5 if dynamic else 0.1,
        )
    return None
