from collections.abc import Iterator, Mapping, Sequence

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import drop_last
from whynorm.catalogue.remedies.batch import batch_of, sized, written
from whynorm.facts import Case, Location
from whynorm.facts.change import Replace, SetArgument


@cause("last-batch")
def last_batch(case: Case) -> Because | None:
    """The data set's remainder gives a last batch of one.

    33 samples in batches of 8 give four batches of 8 and one of 1. Training runs for an epoch less one step, and
    stops. It comes and goes with the size of the data set and of the batch: `samples % batch_size == 1`.

    ```python fails torch
    import torch
    from torch import nn
    from torch.utils.data import DataLoader

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    for batch in DataLoader(torch.randn(33, 4), batch_size=8):
        model(batch)
    ```

    ```python works torch
    import torch
    from torch import nn
    from torch.utils.data import DataLoader

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    for batch in DataLoader(torch.randn(33, 4), batch_size=8, drop_last=True):
        model(batch)
    ```

    ## Remedies and their price

    * `drop_last=True` in the training loader: up to `batch_size - 1` samples are left out of an epoch, others each
      time when it shuffles. Not in the loader for validation, where every sample counts; there the model is in
      inference mode.
    * Another batch size.

    It never helps an instance norm, whose statistics do not use the batch.
    """
    call, loader = case.call, case.hints.get("loader")
    if call.reading is None or 0 not in call.reading.averages or not isinstance(loader, dict):
        return None
    if case.hints.get("method") in ("predict", "evaluate"):
        return None  # no training: however many samples a batch has, a norm is not to look at it
    samples, size = loader.get("samples"), loader.get("batch_size")
    if not isinstance(samples, int) or not isinstance(size, int) or min(samples, size) < 2:
        return None
    share = next((one for one in loader.get("shares", (samples,)) if one % size == 1), None)
    if loader.get("drop_last") or share is None:
        return None
    place = loader.get("location")
    step = f", at step {loader['step']} of each epoch" if loader.get("step") else ""
    fair = _fair(loader.get("shares", (samples,)), size)
    return Because(
        "certain",
        f"{_counted(loader, samples, share)} in batches of {size} leave a last batch of {share} % {size} = 1{step}",
        origin=place if isinstance(place, Location) else None,
        remedies=(
            *_dropping(case, loader, size),
            Remedy(
                f"take a batch size that does not leave one over, {fair} for instance",
                "data",
                when="every sample must be seen in every epoch",
                trial=batch_of(case, max(2, share % fair or fair)),
                edits=sized(place, loader, fair),
            ),
        ),
        weight=1.5,
    )


def _dropping(case: Case, loader: Mapping[str, object], size: int) -> Iterator[Remedy]:
    """What is left over is dropped, where what makes the batches can do so."""
    place, stop = loader.get("location"), loader.get("stop")
    if isinstance(stop, str) and isinstance(place, Location):
        yield Remedy(
            f"end the loop before a batch of one: up to {stop} - 1",
            "data",
            when="one sample an epoch may be missed",
            trial=batch_of(case, size),
            edits=(Replace(place, stop, f"{stop} - 1"),),
        )
        return
    if "size" in loader and "setting" not in loader:
        return
    setting = loader.get("setting", ("DataLoader", "drop_last", None))
    keyword = setting[1] if isinstance(setting, tuple) else None
    yield Remedy(
        f"let the loader drop the incomplete last batch ({keyword}=True)",
        "data",
        when="one sample an epoch may be missed; shuffling makes it another one each time",
        trial=batch_of(case, size),
        edits=written(loader.get("location"), setting, "True"),
    )


def _counted(loader: Mapping[str, object], samples: int, share: int) -> str:
    """How many samples make batches of their own, and why so many."""
    shares, replicas = loader.get("shares"), loader.get("replicas")
    if isinstance(shares, tuple):
        return f"{samples} samples over {len(shares)} workers are {share} for one of them, which"
    if isinstance(replicas, int):
        return f"each of {replicas} processes has {samples} samples, which"
    return f"{samples} samples"


def _fair(shares: Sequence[int], size: int) -> int:
    """The batch size nearest to the user's own that leaves no batch of one."""
    near = sorted(range(2, 2 * size + 2), key=lambda other: (abs(other - size), other))
    return next((other for other in near if all(share % other != 1 for share in shares)), max(shares))


@last_batch.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "one-value" or told.family in ("instance", "layer", "rms") or told.samples not in (1, None):
        return None
    loader = next((loader for loader in told.seen.loaders if loader.training), None)
    if loader is not None and loader.drop_last:
        return None
    look = "len(dataset) % batch_size: a remainder of 1 is a last batch of one sample"
    if told.step is not None and told.step[0] > 0:
        done, total = told.step
        end = done >= total - 1
        said = f"it fails at step {done} of {total}" + (
            ": the last batch, with what is left of the data"
            if end
            else ", after others went well: a batch of one sample comes there"
        )
        return Because("likely", said, remedies=(drop_last(case),), look_at=look, weight=1.2 if end else 1.0)
    if loader is not None and loader.batch_size != 1:
        size = "" if loader.batch_size is None else f"batches of {loader.batch_size}, "
        return Because(
            "likely",
            f"the loader makes {size}and keeps what is left over: a remainder of one is a batch of one sample",
            origin=loader.location,
            remedies=(
                drop_last(case)._replace(
                    edits=(SetArgument(loader.location, loader.callee, "drop_last", None, "True"),)
                ),
            ),
            look_at=look,
            weight=1.0,
        )
    return Because(
        "possible",
        "the data may leave one sample for the last batch",
        remedies=(drop_last(case),),
        look_at=look,
        weight=0.45,
    )
