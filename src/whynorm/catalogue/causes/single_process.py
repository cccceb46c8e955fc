from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case, Location
from whynorm.facts.change import Edit, Rebuild, Replace


@cause("single-process")
def single_process(case: Case) -> Because | None:
    """Synchronisation without a process group, or without the devices it needs.

    A synchronised batch norm sends its statistics from device to device. On the CPU it raises, in a process of its own
    it has nobody to send to.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)))
    model(torch.randn(2, 3, 8, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    model(torch.randn(2, 3, 8, 8))
    ```

    ## Remedies and their price

    * The plain batch norm in one process: the same function of the same weights, whose names are the same too.
    * `torchrun` with a process for each GPU, where several devices are meant.
    """
    call = case.call
    if call.type != "SyncBatchNorm" or not call.shape or len(call.shape) not in (2, 3, 4, 5):
        return None
    plain = f"BatchNorm{max(len(call.shape) - 2, 1)}d"
    synchronised = {
        one.path: f"BatchNorm{max(len(one.shape) - 2, 1)}d"
        for one in case.trace.calls
        if one.type == "SyncBatchNorm" and one.path is not None and one.shape
    }
    converted = case.hints.get("converted")
    where: Location | None = None
    edits: tuple[Edit, ...] = ()
    if isinstance(converted, tuple):
        where, written, given = converted
        edits = (Replace(where, written, given),)
    return Because(
        "certain",
        "a synchronised batch norm needs a GPU for each process, and its input is on another device"
        if call.raised is not None and "GPU" in call.raised.message
        else "a synchronised batch norm runs without a group of processes to synchronise with",
        origin=where,
        at=call if where is None else None,
        remedies=(
            Remedy(
                f"use the plain {plain} (no convert_sync_batchnorm); the weights are the same",
                "layer",
                "this runs in one process or on the CPU",
                trial=tuple(Rebuild(path, kind) for path, kind in synchronised.items()),
                edits=edits,
            ),
            Remedy(
                "start it with torchrun and init_process_group, one process for each GPU",
                "environment",
                "several devices are meant",
            ),
        ),
    )


@single_process.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "sync-constraint":
        return None
    bare = "process group" in told.message and not told.says(
        "syncbn", "syncbatchnorm", "sync_batch_norm", "_get_group_size", "norm", "forward"
    )
    return Because(
        "possible" if bare else "likely",
        "a synchronised batch norm runs in one process, or on the CPU, where there is nothing to synchronise with",
        remedies=(
            Remedy(
                "use the plain batch norm in one process (no convert_sync_batchnorm); the weights are the same",
                "layer",
            ),
            Remedy(
                "start it with torchrun and init_process_group, one process for each GPU",
                "environment",
                "several devices are meant",
            ),
        ),
        look_at="print([m for m in model.modules() if 'Sync' in type(m).__name__])",
        weight=0.7,
    )
