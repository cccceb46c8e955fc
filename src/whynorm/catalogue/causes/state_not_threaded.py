from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.learning import never_written
from whynorm.facts import Case
from whynorm.facts.change import Thread


@cause("state-not-threaded")
def state_not_threaded(case: Case) -> Because | None:
    """The statistics collection is not passed in, or not taken out (Flax; Keras's `stateless_call`).

    A Flax module (linen) holds no numbers. Its running statistics are a collection, `batch_stats`, beside the
    parameters: it is handed in with each call, and what has changed is handed out. A call that is to update them has to
    say so by `mutable`; a call that reads them has to be given them.

    ```python fails flax
    import flax.linen as nn
    import jax

    batch = jax.random.normal(jax.random.key(0), (8, 4))
    norm = nn.BatchNorm(use_running_average=False)
    variables = norm.init(jax.random.key(1), batch)
    norm.apply(variables, batch)
    ```

    ```python works flax
    import flax.linen as nn
    import jax

    batch = 3 + jax.random.normal(jax.random.key(0), (8, 4))
    norm = nn.BatchNorm(use_running_average=False)
    variables = norm.init(jax.random.key(1), batch)
    for _ in range(3):
        result, updates = norm.apply(variables, batch, mutable=["batch_stats"])
        variables = {"params": variables["params"], "batch_stats": updates["batch_stats"]}
    assert (variables["batch_stats"]["mean"] > 0.05).all()
    ```

    The silent form: the updates are taken out, and dropped. The next call gets the old collection, training looks well,
    and inference uses mean 0 and variance 1.

    ```python silent flax
    import flax.linen as nn
    import jax

    batch = 3 + jax.random.normal(jax.random.key(0), (8, 4))
    norm = nn.BatchNorm(use_running_average=False)
    variables = norm.init(jax.random.key(1), batch)
    for _ in range(3):
        result, updates = norm.apply(variables, batch, mutable=["batch_stats"])
    assert (variables["batch_stats"]["mean"] == 0).all()
    ```

    Keras's `stateless_call(trainable, non_trainable, x, training=True)` does the same: what it hands out beside its
    result is the next step's `non_trainable`, and goes into the model's variables at the end.

    ## Remedies

    * In training `mutable=["batch_stats"]`, and the updates into the training state, with the parameters.
    * In inference `use_running_average=True`, both collections, and no `mutable`.
    * Save and load both: a file of parameters alone lacks the statistics.
    * One `train` argument for the whole network, given to each norm as `use_running_average=not train`.

    `mutable=True`, or a list of everything, silences the message and leaves open whether what comes back is kept. In
    `flax.nnx` the statistics lie in the module itself, and none of this arises.
    """
    found = never_written(case.call) if case.call.history is not None else None
    if found is None or found.use is None or not (found.use.callee or "").endswith(".stateless_call"):
        return None
    edits = (Thread(found.use.called, found.use.callee or "", 1),)
    return Because(
        "certain",
        "stateless_call hands out the statistics of each step, and the next step gets the old ones again",
        origin=found.use.called,
        remedies=(
            Remedy("keep them: what it hands out is the next step's non_trainable_variables", "call", edits=edits),
        ),
        weight=2.0,
    )


@state_not_threaded.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "statistics-mode":
        return None
    if case.framework not in ("flax", "jax", None):
        return None
    changed = "immutable" in told.message or "cannot update" in told.message or "modify" in told.message
    if changed:
        return Because(
            "likely",
            "the running statistics are to be updated, and the call does not allow it",
            remedies=(
                Remedy(
                    "out, updates = model.apply(variables, x, mutable=['batch_stats']), and keep the updates",
                    "call",
                    "this is training",
                ),
                Remedy("pass train=False, so that use_running_average=True", "mode", "this is inference"),
            ),
            weight=0.9,
        )
    return Because(
        "likely",
        "the collection with the running statistics is not passed in, or this network has none",
        remedies=(
            Remedy("pass them: model.apply({'params': params, 'batch_stats': batch_stats}, x)", "call"),
            Remedy(
                "variables.get('batch_stats', {}) where a variant has no batch norm", "call", "some networks have none"
            ),
        ),
        look_at="print(variables.keys())",
        weight=0.9,
    )
