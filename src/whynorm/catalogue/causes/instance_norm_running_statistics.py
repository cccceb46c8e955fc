from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("instance-norm-running-statistics")
def instance_norm_running_statistics(case: Case) -> Because | None:
    """`track_running_stats` differs between two sides, or is set where it is not meant."""
    return None


@instance_norm_running_statistics.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "state-mismatch":
        named = "instancenorm" in told.message or "running stats buffer" in told.message
        if not named:
            return None
        return Because(
            "likely",
            "the file has running statistics, and the instance norms here keep none",
            remedies=(
                Remedy("build them with track_running_stats=True, if the file was trained so", "layer"),
                Remedy(
                    "delete the keys running_mean and running_var of these layers before loading",
                    "call",
                    "the statistics were never used",
                ),
            ),
            look_at="whether the network was trained with track_running_stats=True (before torch 0.4 always)",
            weight=0.9,
        )
    if (told.symptom == "unsupported-export" and "train=true" in told.message) or (
        told.symptom == "unsupported-export" and "training mode" in told.message
    ):
        return Because(
            "likely",
            "an instance norm without running statistics always uses those of the input, and the exporter warns of that",
            remedies=(Remedy("nothing to do if the exported model gives the same numbers: compare them", "call"),),
            weight=0.8,
        )
    if told.symptom == "statistics-mode" and told.family == "instance":
        return Because("likely", "running statistics are asked for, and the layer keeps none", weight=0.5)
    return None
