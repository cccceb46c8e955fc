from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.judges.judged import judged
from whynorm.catalogue.judges.judgement import and_others
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "statistics-mode",
    causes=(
        "state-not-threaded",
        "left-in-training",
        "signature-confusion",
        "frozen-statistics",
        "instance-norm-running-statistics",
        "half-frozen",
        "library-version",
        "shared-domains",
        "replica-share",
        "small-batch-statistics",
        "half-precision",
    ),
    silent=("norm",),
)
def statistics_mode(call: Call) -> Shown | None:
    """Batch and running statistics are mixed up between training and inference.

    ## What shows

    A batch norm is two functions. In training mode it uses the statistics of the batch and updates the running ones; in
    inference mode it uses the running ones and writes nothing. With the wrong one of the two, results change with the
    batch, validation data leak into the statistics, or a network that trained well predicts badly.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    batch = 3 + 2 * torch.randn(64, 4)
    trained = norm(batch)
    inferred = norm.eval()(batch)
    assert trained.mean().abs() < 0.01 and inferred.mean() > 1
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    batch = 3 + 2 * torch.randn(64, 4)
    for _ in range(100):
        trained = norm(batch)
    inferred = norm.eval()(batch)
    assert (trained - inferred).abs().max() < 0.1
    ```

    In Flax it is loud: a call that would update the statistics needs `mutable=["batch_stats"]`, and one that reads them
    needs them passed in.

    ## How to tell the causes apart

    * The result of a sample changes with its neighbours: inference in training mode (`left-in-training`).
    * Inference mode is far worse than training mode on the very same batch: the running statistics do not fit the data.
      Too few steps or never learnt (`frozen-statistics`), batches too small (`small-batch-statistics`), two kinds of
      data (`shared-domains`).
    * Flax names the collection `batch_stats`: `state-not-threaded`.
    * An instance norm changes with the mode: it keeps running statistics (`instance-norm-running-statistics`).

    ## What not to do

    Staying in training mode for prediction, "since it works better": it hides statistics that do not fit, makes results
    depend on the batch, fails for one sample, and changes the saved buffers. `torch.no_grad()` is not `eval()`: it
    leaves the mode as it is.
    """
    found = judged(call) if call.raised is None else None
    if found is not None and call.history is not None:
        return Shown(found.severity, f"{call.name}{and_others(call.history)}: {found.fact}")
    return in_its_words(call, "batch and running statistics are mixed up")
