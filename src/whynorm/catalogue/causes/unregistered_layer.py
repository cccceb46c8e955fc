from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.causes.library_version import is_custom
from whynorm.facts import Case


@cause("unregistered-layer")
def unregistered_layer(case: Case) -> Because | None:
    """A custom layer is not registered where the file is loaded."""
    return None


@unregistered_layer.in_text
def _(case: Case) -> Because | None:
    told = case.told
    name = told.words.get("name") or told.words.get("layer", "")
    if told.symptom != "missing-layer" or not is_custom(name) or case.framework == "torch":
        return None
    return Because(
        "likely",
        f"{name} is a layer of your own or of another package, and the file names it only",
        remedies=(
            Remedy(f"pass it when loading: load_model(path, custom_objects={{'{name}': {name}}})", "call"),
            Remedy(
                "decorate the class with @keras.saving.register_keras_serializable()",
                "model",
                "the file can be saved anew",
            ),
        ),
        weight=0.8,
    )
