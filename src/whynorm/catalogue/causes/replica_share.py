from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.batches import is_spread, small_batches
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.catalogue.shapes import count
from whynorm.facts import Case
from whynorm.facts.change import LARGER
from whynorm.facts.history import History


@cause("replica-share")
def replica_share(case: Case) -> Because | None:
    """Splitting the batch over devices leaves one each.

    `DataParallel` cuts a batch into one share for each device: 4 samples on 4 devices are 4 batches of one. It rounds
    the share up, so 13 samples on 4 devices are 4, 4, 4 and 1. In `DistributedDataParallel` every process has its own
    loader, whose `batch_size` is the share of one process.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    for share in torch.randn(13, 4).chunk(4):
        model(share)
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    for share in torch.randn(12, 4).chunk(4):
        model(share)
    ```

    ## Remedies and their price

    * A batch that is a multiple of the devices and gives each at least two; `drop_last=True` for the remainder, which
      leaves some samples out of an epoch.
    * `SyncBatchNorm` averages over all processes of a `DistributedDataParallel` run (not of `DataParallel`), on
      GPUs. It costs communication at every norm.
    * Fewer devices, where there is not more data.

    With two samples each it runs, and the statistics are poor: each replica normalises its own share, and those that
    are saved are the running statistics of process 0 alone. See `small-batch-statistics`.
    """
    call, replicas = case.call, case.hints.get("replicas")
    if call.history is not None and call.raised is None:
        return _poor_share(case, call.history)
    if call.reading is None or 0 not in call.reading.averages or not isinstance(replicas, int) or replicas < 2:
        return None
    if not call.shape or call.shape[0] != 1:
        return None
    return Because(
        "likely",
        f"the batch is split over {replicas} replicas, and this one got a single sample",
        remedies=(
            Remedy(
                f"feed batches of at least {2 * replicas}, two samples for each replica",
                "data",
                trial=batch_of(case, 2),
            ),
        ),
        weight=2.0,
    )


def _poor_share(case: Case, history: History) -> Because | None:
    """Each replica gets so few samples that its statistics come out by chance."""
    found = small_batches(case.call)
    if found is None or found.use is None or history.replicas is None or not is_spread(history):
        return None
    size, replicas = found.use.batches[1], history.replicas
    return Because(
        "likely" if found.severity == "warning" else "possible",
        f"{replicas} replicas share a batch of {size * replicas}, each normalises its own "
        f"{count(size, 'sample')}, and the running statistics that are saved are those of one of them",
        origin=found.use.called,
        remedies=(
            Remedy(
                "nn.SyncBatchNorm.convert_sync_batchnorm(model) before DistributedDataParallel: one set of statistics "
                f"over all {size * replicas}",
                "layer",
                "each process has a GPU of its own",
            ),
            Remedy(
                "a larger batch for each replica; accumulating gradients does not make one for the norm",
                "data",
                trial=batch_of(case, LARGER),
            ),
            Remedy("GroupNorm or LayerNorm, which do not use the batch", "layer", "the share must stay that small"),
        ),
        weight=0.5,
    )


@replica_share.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "one-value" or told.family in ("instance", "layer", "rms") or told.samples not in (1, None):
        return None
    word = told.first(
        "in replica",
        "parallel_apply",
        "data_parallel",
        "dataparallel",
        "samples_per_gpu",
        "per_gpu",
        "batch_size_per",
        "ims_per_batch",
    )
    remedies = (
        Remedy(
            "give each device at least two samples: a batch of 2 x devices, and no remainder; it takes more memory",
            "data",
        ),
        Remedy(
            "convert with nn.SyncBatchNorm.convert_sync_batchnorm, which needs one process for each device",
            "layer",
            "a share of one must stay",
        ),
    )
    look = "batch_size // number of devices: 1 is too little for a batch norm"
    if word in ("in replica", "parallel_apply", "data_parallel", "dataparallel"):
        return Because(
            "likely",
            "the batch is split over devices, and this one's share is one sample",
            remedies=remedies,
            look_at=look,
            weight=1.1,
        )
    if word is not None:
        return Because(
            "possible", "each device may get one sample of the batch", remedies=remedies, look_at=look, weight=0.5
        )
    return Because(
        "possible",
        "a batch that is split over several devices may leave one sample each",
        remedies=remedies,
        look_at=look,
        weight=0.1,
    )
