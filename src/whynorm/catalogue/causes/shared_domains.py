from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.batches import shared_domains as judge
from whynorm.facts import Case
from whynorm.facts.change import Relearn


@cause("shared-domains")
def shared_domains(case: Case) -> Because | None:
    """One norm's statistics are fed from two kinds of data.

    Real and generated images, two scanners, labelled and unlabelled data, clean and attacked ones: in training each
    batch is normalised by its own statistics, so each kind looks centred. The running ones are an average of both, and
    fit neither. Training looks well, inference is off for both kinds.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(1)
    for _ in range(200):
        assert norm(torch.randn(64, 1)).mean().abs() < 0.01
        assert norm(6 + torch.randn(64, 1)).mean().abs() < 0.01
    norm.eval()
    assert norm(torch.randn(4096, 1)).mean() < -1
    assert norm(6 + torch.randn(4096, 1)).mean() > 1
    ```

    ```python works torch
    import torch
    from torch import nn

    norms = nn.ModuleList([nn.BatchNorm1d(1), nn.BatchNorm1d(1)])
    for _ in range(200):
        norms[0](torch.randn(64, 1))
        norms[1](6 + torch.randn(64, 1))
    norms.eval()
    assert norms[0](torch.randn(4096, 1)).mean().abs() < 0.2
    assert norms[1](6 + torch.randn(4096, 1)).mean().abs() < 0.2
    ```

    ## Remedies and their price

    * A norm for each kind, all else shared: few weights more, and the kind must be known in inference.
    * Both kinds in every batch, in the share in which they come later: running and batch statistics agree then.
    * After training, learn the statistics anew from data of the one kind that is wanted.
    * Group, instance or layer norm: nothing is shared.

    For a discriminator the two ways, real and false images in one batch or in two, are different networks: in two
    batches the statistics themselves tell nothing about which is which, and that is what most recipes mean.
    """
    found, history = judge(case.call), case.call.history
    if found is None or history is None:
        return None
    learning = [use for use in history.uses if use.training and use.grad][:2]
    lines = " and ".join(f"line {use.called.line}" for use in learning)
    feed = f"{lines} feed one norm" if len(learning) > 1 else f"each pass of the network at {lines} feeds one norm"
    return Because(
        "likely",
        f"{feed} with two kinds of data, and its running statistics are an average of both",
        origin=learning[0].called if learning else None,
        remedies=(
            Remedy(
                "a norm for each kind, all else shared", "model", "the kind is known in inference", (Relearn("apart"),)
            ),
            Remedy(
                "both kinds in each batch: model(torch.cat([a, b]))",
                "data",
                "both come in inference too",
                (Relearn("together"),),
            ),
        ),
        experiment=_experiment(case),
        weight=0.8,
    )


def _experiment(case: Case) -> str | None:
    """How near the statistics are of a norm for each kind."""
    learnt = case.try_out((Relearn("apart"),)).call
    statistics = learnt.history.statistics if learnt is not None and learnt.history is not None else None
    if statistics is None or statistics.gap is None:
        return None
    return (
        f"batches of training lie at most {statistics.gap.mean:.1f} deviations from statistics learnt anew of their "
        "own kind"
    )
