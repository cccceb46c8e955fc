from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("frozen-statistics")
def frozen_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt."""
    return None


@frozen_statistics.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "statistics-mode" or case.framework not in ("flax", "jax"):
        return None
    return Because("possible", "the statistics were never learnt, or are not saved with the parameters", weight=0.1)
