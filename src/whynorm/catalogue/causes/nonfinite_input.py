from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case, Location
from whynorm.facts.change import Edit, Insert, Relearn, Replace, Wrap
from whynorm.facts.history import Broken, Data
from whynorm.facts.spelling import has_tensor_methods, relearning


@cause("nonfinite-input")
def nonfinite_input(case: Case) -> Because | None:
    """The data themselves hold NaN or infinity, or a step before makes them.

    Missing values read as NaN, a logarithm of 0, a division by a deviation of 0, a mean over an empty mask. One such
    value makes the mean of every position that is averaged with it NaN: a batch norm spreads it over the whole batch,
    and writes it into the running statistics, where it stays. In training mode the next batch looks well again.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(3)
    batch = torch.randn(8, 3)
    batch[0, 0] = float("nan")
    assert norm(batch)[:, 0].isnan().all()
    assert norm(torch.randn(8, 3)).isfinite().all()
    assert norm.eval()(torch.randn(8, 3))[:, 0].isnan().all()
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(3)
    batch = torch.randn(8, 3)
    batch[0, 0] = float("nan")
    norm(batch[batch.isfinite().all(1)])
    assert norm.eval()(torch.randn(8, 3)).isfinite().all()
    ```

    ## How to find it

    Ask `torch.isfinite(x).all()` of each batch where the loader gives it. If the data are sound, a hook on every module
    that asks the same of its output names the first layer. `torch.autograd.set_detect_anomaly(True)` names where a
    gradient became NaN first: that is the last layer on the NaN's way, not the one that made it.

    ## Remedies and their price

    * Mend it at the source: a value for what is missing with a mask beside it, `log(x + small)`, a guard on divisors.
    * Leave the sample out.
    * Statistics that hold NaN do not heal: `norm.reset_running_stats()`, and learn them again.

    `torch.nan_to_num` on the input hides NaN as 0, which for most data is a value like any other.
    """
    history = case.call.history
    broken = history.broken if history is not None else None
    if broken is None or broken.overflown:
        return None
    if history is not None and history.adapted:
        return _adapted(case)
    when = f"after pass {broken.after} of the network, and not before" if broken.after else "at the end of the run"
    place = case.call.path if broken.norm == case.call.path else broken.norm
    anew = Remedy(
        f"learn the statistics anew: {relearning(case.framework)}",
        "call",
        "the weights are to stay as they are, and the data are mended",
        (Relearn(),),
    )
    if broken.data is not None:
        return _from_data(broken.data, anew, _away_from_zero(broken))
    finite = "torch.isfinite" if has_tensor_methods(case.framework) else "keras.ops.isfinite"
    made = f"its input held NaN or infinity, which a layer before it made{_of_finite_data(case)}"
    if broken.handed:
        made = "what the program hands over holds NaN or infinity"
    if broken.weights is not None:
        made = f"a weight of the network, {broken.weights}, is NaN or infinite by now: training went astray"
    return Because(
        "likely",
        f"the first norm whose statistics are not finite is {place or case.call.type}, {when}: {made}",
        at=case.call,
        remedies=(
            *_away_from_zero(broken),
            Remedy(f"find the layer: {finite} of what each gives, from the first on", "model"),
            anew,
        ),
        look_at=f"print({finite}(x).all()) behind each layer before it",
        weight=1.0,
    )


def _adapted(case: Case) -> Because:
    """A layer that learnt its statistics from data before the training."""
    place, numbers, history = case.hints.get("adapted"), case.hints.get("numbers"), case.call.history
    guards = _away_from_zero(history.broken) if history is not None and history.broken is not None else ()
    edits: tuple[Edit, ...] = ()
    if isinstance(place, Location) and isinstance(numbers, str):
        edits = (Wrap(place, "adapt", 0, f"{{}}[{numbers}.isfinite({{}}).all(axis=-1)]"),)
    return Because(
        "certain",
        "the data that it was adapted to held NaN or infinity: one such value is enough for a column's mean",
        at=case.call if not isinstance(place, Location) else None,
        origin=place if isinstance(place, Location) else None,
        remedies=(
            *guards,
            Remedy(
                "leave out what is missing before adapt(data), or fill it in as it is done for training",
                "data",
                None,
                (Relearn(),),
                edits,
            ),
        ),
        look_at="print(numpy.isfinite(data).all(axis=0)) right before adapt",
        weight=1.5,
    )


def _away_from_zero(broken: Broken) -> tuple[Remedy, ...]:
    """The one logarithm of the program gets no 0 any more."""
    log = broken.logarithm
    if log is None:
        return ()
    edit = Replace(log.location, log.written, log.guarded)
    rooted = "sqrt" in log.written
    what = "take the root of" if rooted else "take the logarithm of" if "log" in log.written else "divide by"
    title = f"{what} no less than a small number: {log.guarded}"
    when = "what comes in there can be 0" + (": the gradient of a root is infinite there" if rooted else "")
    return (Remedy(title, "model" if rooted else "data", when, edits=(edit,)),)


def _from_data(data: Data, anew: Remedy, guards: tuple[Remedy, ...]) -> Because:
    """What the program handed to the network was not finite."""
    use, name = data.use, data.argument
    edits: tuple[Edit, ...] = ()
    if name is not None and use.loop != "none" and use.learnt:
        edits = (Insert(use.called, f"if not {name}.isfinite().all():\n    continue"),)
    whole = "all" if data.samples == data.of else str(data.samples)
    return Because(
        "certain",
        f"pass {data.after} of the network was handed NaN or infinity, in {whole} of its {data.of} samples: they go "
        "into the statistics, whatever becomes of the loss",
        origin=use.called,
        remedies=(
            *(guards if data.whole else ()),
            Remedy("leave such batches out before they reach the network", "data", None, (Relearn(),), edits),
            *(() if data.whole else guards),
            Remedy("mend the samples where the data are read: a value for what is missing, log(x + small)", "data"),
            anew,
        ),
        look_at="print(torch.isfinite(x).all()) for each batch",
        experiment="learnt anew from the batches that were looked at and are finite, the statistics are finite",
        weight=1.0,
    )


def _of_finite_data(case: Case) -> str:
    return "" if case.framework == "keras" else "; what was handed to the network was finite"


@nonfinite_input.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "nonfinite-statistics":
        return None
    return Because(
        "possible",
        "the data hold NaN or infinity, or a step before made them",
        remedies=(Remedy("find the batch: torch.isfinite(x).all() before the network", "data"),),
        look_at="print(torch.isfinite(x).all()) for each batch",
        weight=0.5,
    )
