from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("unknown-input-size")
def unknown_input_size(case: Case) -> Because | None:
    """The model is built with sizes left open."""
    return None


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
