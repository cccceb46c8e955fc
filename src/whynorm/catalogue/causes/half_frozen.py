from whynorm.catalogue import Because, cause
from whynorm.catalogue.judges.frozen import half_frozen as judge
from whynorm.catalogue.remedies.frozen import frozen_whole
from whynorm.catalogue.remedies.mode import frozen_at
from whynorm.facts import Case
from whynorm.facts.words import listed


@cause("half-frozen")
def half_frozen(case: Case) -> Because | None:
    """Frozen weights whose norm still learns statistics.

    `requires_grad = False` stops gradients, and a batch norm's running statistics have none: they are written in the
    forward pass, as long as the norm is in training mode. A trained network that is meant to stay as it is drifts
    towards the new data. And `model.train()` at the beginning of each epoch puts parts back that were set to `eval()`
    once.

    ```python silent torch
    import torch
    from torch import nn

    trained = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
    for weight in trained.parameters():
        weight.requires_grad = False
    sample = torch.randn(1, 4)
    before = trained(sample)
    model = nn.Sequential(trained, nn.Linear(4, 2))
    model.train()
    for _ in range(50):
        model(5 + 3 * torch.randn(32, 4))
    assert not torch.allclose(trained.eval()(sample), before, atol=0.1)
    ```

    ```python works torch
    import torch
    from torch import nn

    trained = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
    for weight in trained.parameters():
        weight.requires_grad = False
    sample = torch.randn(1, 4)
    before = trained(sample)
    model = nn.Sequential(trained, nn.Linear(4, 2))
    model.train()
    trained.eval()
    for _ in range(50):
        model(5 + 3 * torch.randn(32, 4))
    assert torch.equal(trained.eval()(sample), before)
    ```

    ## Remedies and their price

    * `eval()` on the frozen part after every `train()`; an own `train()` of the module that does so cannot be
      forgotten.
    * Dropout in that part is then off as well, which is what frozen means.
    * Let the norms learn, knowingly, where the new data differ much: then all of their statistics should settle, and
      the saved network is no longer the old one.

    In Keras `layer.trainable = False` puts a batch normalization into inference mode as well; other layers keep theirs.
    """
    found, history = judge(case.call), case.call.history
    if found is None or found.use is None or history is None:
        return None
    parts = tuple(part for part in found.use.parts if part) or (history.part or "",)
    if history.one_by_one is not None:
        return Because(
            "certain",
            "its variables are frozen one by one, and the norm itself is not: it drifts towards the new data",
            origin=history.one_by_one.location,
            remedies=(frozen_whole(case.call, history.one_by_one),),
            weight=2.0,
        )
    return Because(
        "certain",
        f"nothing of {listed(parts) or 'it'} is trained, but it is in training mode: it drifts towards the new data",
        origin=found.use.switched or found.use.called,
        remedies=(frozen_at(found.use, parts),),
        weight=2.0,
    )
