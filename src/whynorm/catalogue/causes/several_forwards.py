from collections.abc import Mapping, Sequence

from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Call, Case, Location
from whynorm.facts.change import Insert, Renew
from whynorm.facts.history import History


@cause("several-forwards")
def several_forwards(case: Case) -> Because | None:
    """Several forward passes before one backward overwrite shared buffers.

    A discriminator that sees real and false images one after the other, a network of two branches with the same
    weights, accumulated losses: all call a network twice and go backwards once. In a single process that is well, for a
    batch norm in training mode takes the gradient with its own batch's statistics. `DistributedDataParallel` copies the
    buffers of process 0 to all others before every forward pass. Where that copy counts as a change in place, this is
    what happens (with torch 2.13 on the CPU it does not count, and two passes go well):

    ```python fails torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    first = norm(torch.randn(8, 4))
    with torch.no_grad():
        norm.running_var.copy_(torch.ones(4))
    second = norm(torch.randn(8, 4))
    (first.sum() + second.sum()).backward()
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    first, second = norm(torch.cat([torch.randn(8, 4), torch.randn(8, 4)])).chunk(2)
    (first.sum() + second.sum()).backward()
    ```

    In one process this goes wrong silently: a pass in inference mode, then one in training mode, and one backward pass
    for both. The first goes backwards with the running statistics that the second has moved; see `modified-in-place`.

    ## Remedies and their price

    * One pass: `model(torch.cat([a, b]))`, split behind it. Both then share one set of statistics, which is another
      network if a and b are of different kinds.
    * `DistributedDataParallel(model, broadcast_buffers=False)` (from torch 2.13 on `forward_sync_buffers=False`): each
      process keeps the statistics of its own share; the ones that are saved are those of process 0.
    * A backward pass for each forward pass: gradients add up the same. The first graph is freed earlier, too.
    * A synchronised batch norm alone does not help: the buffers are broadcast all the same.

    `find_unused_parameters=True` and `retain_graph=True` have nothing to do with it.
    """
    if case.call.history is not None and case.call.raised is None:
        return _stale(case.call.history)
    written = case.hints.get("overwritten")
    if not isinstance(written, Mapping):
        return None
    buffers, norm = " and ".join(written["buffers"]), case.call
    own = () if norm.reading is not None or "running_mean" in buffers or "running_var" in buffers else (_copy(buffers),)
    return Because(
        "likely",
        f"{buffers} of {norm.path or norm.type} {'is' if len(written['buffers']) == 1 else 'are'} at version "
        f"{written['version']}, and the forward pass that goes backwards here used version {written['expected']}: "
        "another pass, or a line in between, wrote to it",
        at=norm,
        remedies=(
            *_renewed(norm, written["buffers"], written["written"]),
            *own,
            *(_PARALLEL if case.hints.get("parallel") else ()),
            *_REMEDIES,
        ),
        weight=0.6,
    )


def _stale(history: History) -> Because | None:
    """A pass in inference mode that goes backwards with the statistics of a later one."""
    stale = history.stale
    if stale is None:
        return None
    return Because(
        "certain",
        f"{stale.before.callee or 'it'} is called in inference mode, then in training mode on line "
        f"{stale.after.called.line}, and one backward pass follows for both",
        origin=stale.before.called,
        remedies=(
            Remedy("make the pass in training mode first, and the one in inference mode behind it", "call"),
            Remedy("a backward pass for each of the two; their gradients add up to the same", "call"),
            Remedy(
                "make the pass in inference mode under torch.no_grad()",
                "call",
                "nothing is to be learnt from it",
            ),
        ),
        weight=1.0,
    )


def _renewed(norm: Call, buffers: Sequence[str], written: Sequence[tuple[Location, str]]) -> tuple[Remedy, ...]:
    """The line that writes puts new tensors in the place of the layer's own."""
    if norm.path is None or not (written or {"running_mean", "running_var"}.intersection(buffers)):
        return ()
    own = norm.path.rpartition(".")[2]
    tensor = written[0][1] if written else f"{own if own.isidentifier() else 'norm'}.{buffers[0]}"
    return (
        Remedy(
            f"write into a new tensor, {tensor} = {tensor}.clone(), and not into the one that a pass has used"
            if written
            else f"put a new tensor there, {tensor} = value.clone(), in place of writing into the old one",
            "layer" if written and tensor.startswith("self.") else "call",
            "each pass is to go backwards with the values that it used"
            if written
            else "a line of the program writes to it",
            (Renew(norm.path, tuple(buffers)),),
            tuple(Insert(place, f"{name} = {name}.clone()") for place, name in written),
        ),
    )


def _copy(buffers: str) -> Remedy:
    return Remedy(
        f"compute with a copy in the forward pass, self.{buffers.partition(' ')[0]}.clone(), and write to the buffer",
        "layer",
        "each pass is to go backwards with the values that it used",
    )


_PARALLEL = (
    Remedy(
        "pass broadcast_buffers=False to DistributedDataParallel; each process then keeps its own statistics",
        "call",
    ),
)
_REMEDIES = (
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
)


@several_forwards.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "modified-in-place":
        return None
    return Because(
        "possible",
        "several forward passes before one backward overwrite the norm's buffers (and DDP broadcasts them)",
        remedies=(*_PARALLEL, *_REMEDIES),
        look_at="how often the network is called before loss.backward(), and whether DDP wraps it",
        weight=0.6,
    )
