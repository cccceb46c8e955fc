from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import at, listed, source
from whynorm.facts import Case


@cause("mixed-types")
def mixed_types(case: Case) -> Because | None:
    """Parameters, buffers and input are of different types."""
    call, found = case.call, source(case)
    kinds = list(dict.fromkeys(value.dtype for value in call.inputs))
    if len(kinds) > 1:
        return Because("likely", f"{listed(kinds)} meet in {call.name} at {at(call)}", at=call, weight=1.0)
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
    return None


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
