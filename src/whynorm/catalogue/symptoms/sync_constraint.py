from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "sync-constraint",
    causes=(
        "single-process",
        "left-in-training",
    ),
)
def sync_constraint(call: Call) -> Shown | None:
    """A synchronised batch norm is used where it cannot work.

    ## What shows

    A synchronised batch norm sums its statistics over all processes before it normalises. In training it needs a
    process group and, in PyTorch, an accelerator: on the CPU it refuses as soon as a group stands. Flax names the axis
    to sum over, and without a `pmap`, `vmap` or `shard_map` that binds it, it answers `unbound axis name`.

    Without a process group PyTorch's layer behaves as the plain one, and in inference mode it always does.

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

    nn.SyncBatchNorm(4)(torch.randn(2, 4, 3, 3))
    nn.SyncBatchNorm(4).eval()(torch.randn(2, 4, 3, 3))
    ```

    ## How to tell the causes apart

    One process, or a test on the CPU: `single-process`. Validation or export where a plain batch norm would do: the
    mode was never set (`left-in-training`).

    ## Remedies and their price

    * Use the plain `BatchNorm` where one device trains. Names and sizes of the weights are the same, so saved ones
      load both ways.
    * Convert (`nn.SyncBatchNorm.convert_sync_batchnorm`) only where several processes run, by a condition on the world
      size.
    * Group norm or instance norm needs no synchronisation at all; it is another network.
    """
    return in_its_words(call, "a synchronised norm is used where it cannot work")
