from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.judges.judgement import and_others
from whynorm.catalogue.judges.loaded import not_loaded, wrongly_set
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "state-mismatch",
    causes=(
        "wrong-checkpoint",
        "instance-norm-running-statistics",
        "library-version",
        "wrong-constructor-number",
    ),
    silent=("norm",),
)
def state_mismatch(call: Call) -> Shown | None:
    """Saved weights or buffers do not fit the norm.

    ## What shows

    `load_state_dict` lists missing keys, unexpected keys or sizes that differ. A batch norm saves five entries: weight,
    bias, running mean, running variance and a counter. An instance norm saves what it was built with: nothing by
    default, weight and bias with `affine`, the other three with `track_running_stats`.

    ```python fails torch
    from torch import nn

    saved = nn.InstanceNorm2d(8, track_running_stats=True).state_dict()
    nn.InstanceNorm2d(8).load_state_dict(saved)
    ```

    ```python works torch
    from torch import nn

    saved = nn.InstanceNorm2d(8, track_running_stats=True).state_dict()
    nn.InstanceNorm2d(8, track_running_stats=True).load_state_dict(saved)
    ```

    ## How to tell the causes apart

    * Only `running_mean`, `running_var` and `num_batches_tracked` differ, and the norms are instance norms:
      `instance-norm-running-statistics`.
    * Sizes differ throughout by one factor: `wrong-checkpoint`, weights of another width.
    * Sizes differ at one norm only: `wrong-constructor-number`.
    * Every key has a prefix such as `module.` too much: the model was wrapped when it was saved. Save
      `model.module.state_dict()`.

    ## What not to do

    `strict=False` silences missing and unexpected keys, sizes that differ it still refuses. Running statistics that
    were not loaded stay at mean 0 and variance 1, and the network runs, wrongly:

    ```python silent torch
    import torch
    from torch import nn

    trained = nn.BatchNorm1d(4)
    for _ in range(200):
        trained(3 + 2 * torch.randn(64, 4))
    saved = {key: value for key, value in trained.state_dict().items() if "running" not in key}
    loaded = nn.BatchNorm1d(4)
    loaded.load_state_dict(saved, strict=False)
    batch = 3 + 2 * torch.randn(64, 4)
    assert (loaded.eval()(batch) - trained.eval()(batch)).abs().mean() > 1
    ```

    That all keys match proves little: `GroupNorm`, `LayerNorm` and an affine instance norm have the same two keys, and
    `BatchNorm1d`, `2d` and `3d` the same five.
    """
    found = wrongly_set(call) or not_loaded(call) if call.raised is None else None
    if found is not None and call.history is not None:
        return Shown(found.severity, f"{call.name}{and_others(call.history)}: {found.fact}")
    return in_its_words(call, "saved weights or buffers do not fit it")
