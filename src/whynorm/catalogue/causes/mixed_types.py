from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import transform_input
from whynorm.catalogue.shapes import at, source
from whynorm.facts import Case


@cause("mixed-types")
def mixed_types(case: Case) -> Because | None:
    """Parameters, buffers and input are of different types."""
    call, found = case.call, source(case)
    if not call.inputs:
        return None
    came, held = call.inputs[0].dtype, case.hints.get("dtype", call.arguments.get("dtype"))
    if not isinstance(held, str) or held == came:
        return None
    remedies: tuple[Remedy, ...] = ()
    if found is not None and found.value.dtype == came:
        remedies = (
            transform_input(
                case,
                found,
                f"convert the input to {held}",
                ("to", (held,)),
                safe=not came.startswith("float"),
            ),
        )
    return Because(
        "likely",
        f"{at(call)} holds its parameters as {held}, and its input is {came}",
        at=call,
        remedies=remedies,
        weight=1.0,
    )


@mixed_types.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "unsupported-type" or "not implemented" in told.message or "not currently" in told.message:
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
