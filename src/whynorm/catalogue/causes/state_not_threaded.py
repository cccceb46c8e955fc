from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("state-not-threaded")
def state_not_threaded(case: Case) -> Because | None:
    """The statistics collection is not passed in, or not taken out (Flax)."""
    return None


@state_not_threaded.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "statistics-mode":
        return None
    if case.framework not in ("flax", "jax", None):
        return None
    changed = "immutable" in told.message or "cannot update" in told.message or "modify" in told.message
    if changed:
        return Because(
            "likely",
            "the running statistics are to be updated, and the call does not allow it",
            remedies=(
                Remedy(
                    "out, updates = model.apply(variables, x, mutable=['batch_stats']), and keep the updates",
                    "call",
                    "this is training",
                ),
                Remedy("pass train=False, so that use_running_average=True", "mode", "this is inference"),
            ),
            weight=0.9,
        )
    return Because(
        "likely",
        "the collection with the running statistics is not passed in, or this network has none",
        remedies=(
            Remedy("pass them: model.apply({'params': params, 'batch_stats': batch_stats}, x)", "call"),
            Remedy(
                "variables.get('batch_stats', {}) where a variant has no batch norm", "call", "some networks have none"
            ),
        ),
        look_at="print(variables.keys())",
        weight=0.9,
    )
