from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("lost-static-shape")
def lost_static_shape(case: Case) -> Because | None:
    """An operation on the way forgot sizes that were known."""
    return None


@lost_static_shape.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "undefined-axis":
        return None
    line = told.in_code("py_function", "numpy_function", "lambda", "tf.", "resize", "reshape", "sampler")
    return Because(
        "possible",
        "an operation on the way forgot sizes that were known (a py_function, a custom layer, a reshape)",
        remedies=(
            Remedy("set them again behind it: x.set_shape(...), or x = ensure_shape(x, ...)", "model"),
            Remedy("give the custom layer a compute_output_shape", "model"),
        ),
        look_at="print(x.shape) behind each custom layer",
        weight=0.5 if line else 0.3,
    )
