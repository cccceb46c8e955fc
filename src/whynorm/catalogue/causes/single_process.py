from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.number import set_number
from whynorm.facts import Case, Location
from whynorm.facts.change import Edit, Rebuild, Replace


@cause("single-process")
def single_process(case: Case) -> Because | None:
    """Synchronisation without a process group, or without the devices it needs.

    A synchronised batch norm exists for several processes with an accelerator each. A configuration made for eight GPUs
    is started on one machine, in a debugger, on the CPU in a test. PyTorch's layer is lenient without a group, where it
    is a plain batch norm; with one it takes GPU tensors only.

    ```python fails torch
    import torch
    import torch.distributed as dist
    from torch import nn

    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        nn.SyncBatchNorm(4)(torch.randn(2, 4, 3, 3))
    finally:
        dist.destroy_process_group()
    ```

    ```python works torch
    import torch
    from torch import nn

    saved = nn.SyncBatchNorm(4).state_dict()
    plain = nn.BatchNorm2d(4)
    plain.load_state_dict(saved)
    plain(torch.randn(2, 4, 3, 3))
    ```

    In Flax a norm with `axis_name` works under a `pmap`, `vmap` or `shard_map` that has this name, and nowhere else in
    training. Initialising works without one, so the error comes later.

    ## Remedies and their price

    * The plain batch norm for one process: the weights are the same. Its statistics are those of a smaller batch.
    * Start it as it was meant, `torchrun --nproc-per-node=N`, with `init_process_group` before the model is used.
    * In Flax: `axis_name=None`, or the training step under the map.

    A process group of one member, made only to quiet the message, does on the CPU what the example shows: it makes the
    layer refuse.
    """
    call = case.call
    if call.arguments.get("synchronized") is True:
        return _elsewhere(case)
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


def _elsewhere(case: Case) -> Because:
    """A norm whose settings ask for what this backend does not have."""
    call = case.call
    plain = "synchronized=False: each device takes the statistics of its own part of the batch"
    return Because(
        "certain",
        "synchronized=True takes the statistics over all devices, and of Keras's backends TensorFlow alone has that",
        at=call,
        remedies=(
            set_number(
                case, call, plain, "synchronized", None, False, when="it runs on one device, or parts are large"
            ),
            Remedy("run it on the TensorFlow backend: KERAS_BACKEND=tensorflow", "environment"),
        ),
        weight=1.0,
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
