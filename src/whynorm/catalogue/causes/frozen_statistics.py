from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("frozen-statistics")
def frozen_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt.

    They begin at mean 0 and variance 1 and come nearer by a tenth with each step in training mode (PyTorch's momentum
    0.1; Keras's 0.99 means a hundredth). After ten steps they have gone two thirds of the way in PyTorch, a tenth in
    Keras. A norm that was in inference mode throughout, or whose statistics come from other data, has not moved at
    all, while the weights around it were trained.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(1)
    for _ in range(10):
        norm(100 + torch.randn(64, 1))
    assert 60 < norm.running_mean.item() < 70
    assert norm.eval()(100 + torch.randn(64, 1)).mean() > 1
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(1, momentum=None)
    for _ in range(10):
        norm(100 + torch.randn(64, 1))
    assert abs(norm.running_mean.item() - 100) < 1
    assert norm.eval()(100 + torch.randn(64, 1)).mean().abs() < 1
    ```

    ## Remedies and their price

    * More steps, or a faster momentum for short training: 0.1 is meant for many hundred steps.
    * Learn them after training: `momentum=None` and `reset_running_stats()` for each batch norm, then training data
      through the network in training mode under `no_grad()`. No weight changes; a minute at most networks.
    * When a trained network is tuned on other data: either let the norms learn (training mode) or keep all of them in
      inference mode in training as well, so that both use the same statistics. Not one in training and another in use.

    Note the two meanings of momentum: PyTorch's 0.1 is the share of the new value, Keras's 0.99 that of the old. One
    taken over into the other makes the statistics those of the last batch, or freezes them.
    """
    return None


@frozen_statistics.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "statistics-mode" or case.framework not in ("flax", "jax"):
        return None
    return Because("possible", "the statistics were never learnt, or are not saved with the parameters", weight=0.1)
