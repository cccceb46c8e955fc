from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.batches import tracked_instances
from whynorm.catalogue.shapes import at
from whynorm.facts import Case, Difference
from whynorm.facts.change import Rebuild, SetArgument

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


@cause("instance-norm-running-statistics")
def instance_norm_running_statistics(case: Case) -> Because | None:
    """`track_running_stats` differs between two sides, or is set where it is not meant.

    An instance norm normally uses each sample's own statistics, in training and in inference, and stores none. With
    `track_running_stats=True` it keeps running ones, averaged over all samples, and in inference mode normalises
    by these: it is a batch norm then, number for number.

    ```python silent torch
    import torch
    from torch import nn

    maps = 3 * torch.randn(2, 4, 8, 8)
    tracked = nn.InstanceNorm2d(4, affine=True, track_running_stats=True).eval()
    assert torch.equal(tracked(maps), nn.BatchNorm2d(4).eval()(maps))
    assert not torch.allclose(tracked(maps), nn.InstanceNorm2d(4)(maps), atol=0.1)
    ```

    The other side of it are saved weights, whose keys differ:

    ```python fails torch
    from torch import nn

    saved = nn.InstanceNorm2d(4, affine=True, track_running_stats=True).state_dict()
    nn.InstanceNorm2d(4, affine=True).load_state_dict(saved)
    ```

    ```python works torch
    from torch import nn

    saved = nn.InstanceNorm2d(4, affine=True, track_running_stats=True).state_dict()
    kept = {key: value for key, value in saved.items() if key in ("weight", "bias")}
    nn.InstanceNorm2d(4, affine=True).load_state_dict(kept)
    ```

    ## Remedies and their price

    * Build the norms as they were when the weights were saved. It is the only way that gives the same results in
      inference mode.
    * Take the statistics out of the file, if the network was always used in training mode, where they were never read.
      The file is a little smaller, the results are those of training mode.
    * A network that does well in training mode and badly in inference mode, with such norms:
      `track_running_stats=False` is most likely what was meant.

    Exporters warn that an instance norm is in training mode: without running statistics there is no other mode, and the
    exported network is right.
    """
    if case.call.history is not None:
        return _in_the_run(case)
    differences = case.hints.get("differences")
    if not isinstance(differences, tuple) or not _only_statistics(differences):
        return None
    saved = differences[0].here is None
    if any((one.here is None) != saved for one in differences):
        return None
    norms = [call for call in case.trace.calls if "track_running_stats" in call.arguments]
    if not norms:
        return None
    ours, theirs = ("none", "running statistics") if saved else ("running statistics", "none")
    edits = {
        call.built: SetArgument(call.built, call.type, "track_running_stats", None, repr(saved), was=not saved)
        for call in norms
        if call.built is not None
    }
    return Because(
        "certain",
        f"{norms[0].name} at {at(norms[0])} keeps {ours}, and among the saved weights there are {theirs} for it",
        at=norms[0],
        remedies=(
            Remedy(
                f"build these norms with track_running_stats={saved}, as those were that were saved",
                "layer",
                trial=tuple(Rebuild(call.path or "", arguments={"track_running_stats": saved}) for call in norms),
                edits=tuple(edits.values()),
            ),
        ),
        weight=1.0,
    )


def _in_the_run(case: Case) -> Because | None:
    """A network that learnt with each sample's own statistics, and does inference with those of all."""
    call = case.call
    if tracked_instances(call) is None:
        return None
    norms = [
        one for one in case.trace.calls if one.arguments.get("track_running_stats") is True and one.type == call.type
    ]
    edits = {
        one.built[:2]: SetArgument(one.built, one.type, "track_running_stats", None, "False", was=True)
        for one in norms
        if one.built is not None
    }
    return Because(
        "certain",
        "track_running_stats=True makes it a batch norm in inference mode, number for number",
        at=call,
        remedies=(
            Remedy(
                "build these norms without track_running_stats, and train again",
                "layer",
                trial=tuple(Rebuild(one.path or "", arguments={"track_running_stats": False}) for one in norms),
                edits=tuple(edits.values()),
            ),
        ),
        weight=2.0,
    )


def _only_statistics(differences: tuple[Difference, ...]) -> bool:
    names = {one.name for one in differences}
    whole = all(one.here is None or one.saved is None for one in differences)
    return whole and names <= set(STATISTICS) and "running_mean" in names


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
            "without running statistics an instance norm always uses those of the input, and the exporter warns",
            remedies=(Remedy("nothing to do if the exported model gives the same numbers: compare them", "call"),),
            weight=0.8,
        )
    if told.symptom == "statistics-mode" and told.family == "instance":
        return Because("likely", "running statistics are asked for, and the layer keeps none", weight=0.5)
    return None
