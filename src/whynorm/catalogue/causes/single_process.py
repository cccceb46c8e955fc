from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("single-process")
def single_process(case: Case) -> Because | None:
    """Synchronisation without a process group, or without the devices it needs."""
    return None


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
