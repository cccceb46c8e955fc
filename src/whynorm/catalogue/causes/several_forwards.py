from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("several-forwards")
def several_forwards(case: Case) -> Because | None:
    """Several forward passes before one backward overwrite shared buffers."""
    return None


@several_forwards.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "modified-in-place":
        return None
    return Because(
        "possible",
        "several forward passes before one backward overwrite the norm's buffers (and DDP broadcasts them)",
        remedies=(
            Remedy(
                "pass broadcast_buffers=False to DistributedDataParallel; each process then keeps its own statistics",
                "call",
            ),
            Remedy(
                "put the passes into one: model(torch.cat([a, b])), split afterwards",
                "call",
                "the batches may share statistics",
            ),
            Remedy(
                "put the norm into inference mode for the second pass",
                "mode",
                "its statistics are not to be learnt there",
            ),
        ),
        look_at="how often the network is called before loss.backward(), and whether DDP wraps it",
        weight=0.6,
    )
