from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("half-precision")
def half_precision(case: Case) -> Because | None:
    """A 16-bit type overflows, or is not supported there."""
    halves = [value.dtype for value in case.call.inputs if value.dtype in ("float16", "bfloat16")]
    if not halves:
        return None
    return Because(
        "possible",
        f"{case.call.name} gets {halves[0]}, which this device may not support here",
        at=case.call,
        remedies=(Remedy("use float32 there: model.float(), and inputs of float32", "model"),),
    )


@half_precision.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "unsupported-type":
        dtype = told.words.get("dtype", "").lower()
        half = any(word in told.message for word in ("half", "float16", "bfloat16", "fp16"))
        if not half:
            return None
        kernel = "not implemented" in told.message
        return Because(
            "likely" if kernel else "possible",
            f"{dtype or '16-bit numbers'} are not supported there" if kernel else "16-bit numbers meet 32-bit ones",
            remedies=(
                Remedy(
                    "use float32 on the CPU: model.float(), or torch_dtype=torch.float32; it takes twice the memory",
                    "call",
                ),
                Remedy("run it on a GPU, or under torch.autocast, which keeps norms in 32 bits", "environment"),
            ),
            look_at="print(next(model.parameters()).dtype, x.dtype, x.device)",
            weight=0.6 if kernel else 0.3,
        )
    if told.symptom == "nonfinite-statistics":
        return Because(
            "possible",
            "a 16-bit type overflows above 65504",
            remedies=(Remedy("train in bfloat16, or keep the norm in float32", "layer"),),
            weight=0.4,
        )
    return None
