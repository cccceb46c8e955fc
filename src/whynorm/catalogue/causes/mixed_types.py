from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.before_layer import at_layers, before_layer
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import at, source
from whynorm.facts import Case
from whynorm.facts.change import Replace, Transform
from whynorm.facts.words import listed


@cause("mixed-types")
def mixed_types(case: Case) -> Because | None:
    """Parameters, buffers and input are of different types.

    A layer multiplies its input with its parameters, and most pairs of types are refused. It comes from data in NumPy's
    float64, from images still in integers, from a model of which only a part was converted, or from parameters that
    were converted where the buffers were not.

    ```python fails torch
    import numpy as np
    import torch
    from torch import nn

    rows = torch.from_numpy(np.random.default_rng(0).normal(size=(8, 4)))
    nn.LayerNorm(4)(rows)
    ```

    ```python works torch
    import numpy as np
    import torch
    from torch import nn

    rows = torch.from_numpy(np.random.default_rng(0).normal(size=(8, 4)))
    nn.LayerNorm(4)(rows.float())
    ```

    ## Remedies and their price

    * The data: `.float()`, or `dtype=np.float32` where they are made. Half the memory, and seven digits are kept.
    * Integers: `.float()`, and a scale, `/ 255` for images. Without the scale it runs, and the first layer sees values
      up to 255.
    * The model: `model.half()` or `model.to(torch.bfloat16)` as a whole, which converts buffers too. `p.data =
      p.data.half()` over `parameters()` leaves the running statistics in 32 bits.
    * The other way round is often meant: norms may stay in float32 in a 16-bit network.

    Converting the model to float64 to suit the data makes the message go away, takes twice the memory, and is slow on
    most GPUs.
    """
    call, found = case.call, source(case)
    if call.measured is not None and call.measured.precision is not None:
        return None  # it takes what it gets
    kinds = list(dict.fromkeys(value.dtype for value in call.inputs))
    if len(kinds) > 1:
        return _operands(case) or Because(
            "likely", f"{listed(kinds)} meet in {call.name} at {at(call)}", at=call, weight=1.0
        )
    if found is None or not kinds:
        return None
    for dtype in ("float32", "float16", "bfloat16", "float64"):
        remedy = transform_input(
            case,
            found,
            f"convert the input to {dtype}, as the parameters are",
            ("to", (dtype,)),
            safe=not found.value.dtype.startswith("float"),
        )
        if dtype != found.value.dtype and case.try_out(remedy.trial).passed:
            return Because(
                "certain",
                f"{at(call)} holds its parameters as {dtype}, and its input is {kinds[0]}",
                at=call,
                origin=line_of(case, found),
                remedies=(remedy,),
                weight=1.0,
            )
    return _before_layer(case, kinds[0])


def _operands(case: Case) -> Because | None:
    """A function of the library that is given numbers of two types: the wider ones come from NumPy."""
    call, written = case.call, case.call.arguments.get("written")
    wide = [number for number, value in enumerate(call.inputs) if value.dtype == "float64"]
    other = next((number for number, value in enumerate(call.inputs) if value.dtype == "float32"), None)
    if not isinstance(written, tuple) or len(wide) != 1 or other is None or call.location is None:
        return None
    given, meant = str(written[wide[0]]), str(written[other])
    cast = f"{call.type.partition('.')[0]}.cast({given}, {meant}.dtype)"
    remedy = Remedy(
        f"cast what comes in to the parameters' type: {cast}",
        "call",
        trial=(Transform("to", (call.inputs[other].dtype,), input=wide[0]),),
        edits=(Replace(call.location, given, cast),),
    )
    return Because(
        "certain" if case.try_out(remedy.trial).passed else "likely",
        f"{given} is float64, as NumPy makes numbers, {meant} is float32, and {call.type} takes one type",
        at=call,
        remedies=(remedy,),
        weight=1.0,
    )


def _before_layer(case: Case, kind: str) -> Because | None:
    """A layer of another type than those around it: what comes in is cast there."""
    call = case.call
    for dtype in ("bfloat16", "float16", "float32", "float64"):
        trial = at_layers(case, call, "to", (dtype,))
        if dtype != kind and case.try_out(trial).passed:
            above, _, name = (call.path or "").rpartition(".")
            first = f"{above.rpartition('.')[2]}[0]"  # of a sequence
            cast = f"{{}}.to(self.{first if name == '0' else name}.weight.dtype)"
            return Because(
                "certain",
                f"{at(call)} holds its parameters as {dtype}, and what comes in is {kind}",
                at=call,
                remedies=(
                    Remedy(
                        f"cast what comes in to {dtype} before {at(call)}",
                        "model",
                        "both types are to stay",
                        trial,
                        before_layer(call, cast, None),
                    ),
                ),
                weight=1.0,
            )
    return None


@mixed_types.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "unsupported-type" or any(
        word in told.message for word in ("not implemented", "not currently", "nhwc")
    ):
        return None
    found, dtype = told.words.get("found"), told.words.get("dtype")
    numbers = f": {found} and {dtype}" if found and dtype else ""
    remedies = [
        Remedy(
            "convert the whole model at once, buffers too: model.half() or model.float(), not single layers", "model"
        ),
        Remedy(
            "cast the input to the parameters' type: x.to(next(model.parameters()).dtype)",
            "input",
            "the data come as float64 or float16",
        ),
    ]
    return Because(
        "likely",
        f"parameters, buffers and input are of different types{numbers}",
        remedies=tuple(remedies),
        look_at="print(x.dtype, norm.weight.dtype, norm.running_mean.dtype)",
        weight=0.7,
    )
