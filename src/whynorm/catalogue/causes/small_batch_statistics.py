from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.batches import small_batches
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.facts import Case
from whynorm.facts.change import LARGER


@cause("small-batch-statistics")
def small_batch_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt.

    From few values a mean and a variance come out by chance. Training lives with it: each batch is centred by its own
    statistics. For inference they are averaged over time, and with batches of two or four still scatter. Besides,
    training and inference have become two functions: with two rows, each feature becomes +1 and -1, whatever they are.

    ```python silent torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    norm = nn.BatchNorm1d(3)
    for _ in range(200):
        assert (norm(10 * torch.randn(2, 3)).abs().sum(0) > 1.9).all()
    norm.eval()
    assert (norm(10 * torch.randn(1000, 3)).abs() < 0.5).float().mean() > 0.2
    ```

    ```python works torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    norm = nn.BatchNorm1d(3)
    for _ in range(200):
        trained = norm(10 * torch.randn(256, 3))
    inferred = norm.eval()(10 * torch.randn(256, 3))
    assert (trained.std(0) - inferred.std(0)).abs().max() < 0.2
    ```

    For features of unit variance the running mean scatters by about 0.17 with batches of 2, by 0.11 with 4 and by 0.04
    with 32, at PyTorch's momentum of 0.1. On maps the positions count too: two images of 64 x 64 are 8192 values,
    though not independent ones.

    ## Remedies and their price

    * A larger batch, or a synchronised norm over several devices.
    * A smaller momentum in PyTorch (0.01), a larger one in Keras (0.999): calmer, and slow to follow.
    * After training, some hundred batches in training mode under `no_grad()` with `momentum=None`, a plain average. The
      weights stay as they are; see `frozen-statistics`.
    * Group norm, layer norm or instance norm, which do not use the batch. It is another network.

    Keeping training mode for prediction makes the result depend on what else is in the batch, and one row is refused.
    """
    found = small_batches(case.call)
    if found is None or found.use is None:
        return None
    size = found.use.batches[1]
    several = f", and {found.use.runs} backward passes followed" if found.use.runs else ""
    return Because(
        "likely" if found.severity == "warning" else "possible",
        f"the largest batch had {size} {'sample' if size == 1 else 'samples'}{several}",
        origin=found.use.called,
        remedies=(
            Remedy(
                "a larger batch; accumulating gradients does not make one for the norm",
                "data",
                trial=batch_of(case, LARGER),
            ),
            Remedy("GroupNorm or LayerNorm, which do not use the batch", "layer", "the batch must stay that small"),
        ),
        weight=0.4,
    )
