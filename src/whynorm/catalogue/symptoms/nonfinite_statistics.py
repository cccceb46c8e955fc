from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "nonfinite-statistics",
    causes=(
        "nonfinite-input",
        "half-precision",
    ),
    silent=("norm",),
)
def nonfinite_statistics(call: Call) -> Shown | None:
    """Running statistics hold NaN or infinity.

    ## What shows

    Training looks well, for batch statistics do not read the running ones; the loss of a single batch may have been NaN
    and the step skipped. In inference mode everything is NaN. One bad value in one batch is enough: the running
    mean is a moving average, and a moving average never forgets NaN.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(4)
    batch = torch.randn(2, 4, 3, 3)
    batch[0, 0, 0, 0] = float("inf")
    norm(batch)
    for _ in range(100):
        assert norm(torch.randn(2, 4, 3, 3)).isfinite().all()
    assert norm.running_var[0].isnan()
    assert norm.eval()(torch.randn(2, 4, 3, 3))[:, 0].isnan().all()
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(4)
    batch = torch.randn(2, 4, 3, 3)
    batch[0, 0, 0, 0] = float("inf")
    if batch.isfinite().all():
        norm(batch)
    norm(torch.randn(2, 4, 3, 3))
    assert norm.eval()(torch.randn(2, 4, 3, 3)).isfinite().all()
    ```

    ## How to tell the causes apart

    Look which channels are affected: `[n for n, b in model.named_buffers() if not b.isfinite().all()]`. The first norm
    of the network: the data themselves (`nonfinite-input`). A later one, and training in float16: values above 65504
    (`half-precision`). All channels at once: a NaN that went through a layer which mixes them.

    ## Remedies and their price

    * Find the batch, and mend or leave out the sample.
    * `norm.reset_running_stats()`, then some hundred batches in training mode under `no_grad()`: the weights need no
      new training. Resetting alone is not enough, mean 0 and variance 1 fit no data.

    A gradient scaler that skips the step does not protect the statistics, they are written in the forward pass.
    Neither does clipping gradients. `nan_to_num` on the buffers gives numbers, but not the right ones.
    """
    broken = call.history.broken if call.history is not None else None
    if broken is not None:
        channels, others = broken.channels, broken.norms - 1
        also = f", and {others} more {'norm' if others == 1 else 'norms'} do as well" if others else ""
        return Shown(
            "warning",
            f"{call.name}: the running statistics of {channels[0]} of {channels[1]} channels hold NaN or infinity{also}"
            "; in inference all that passes there becomes NaN",
        )
    return in_its_words(call, "its statistics are not finite")
