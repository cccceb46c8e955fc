import re
from collections.abc import Iterator, Mapping, Sequence

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.loaded import not_loaded, wrongly_set
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call, Case, Difference, Location
from whynorm.facts.change import Edit, Rebuild, Rekey, Relearn, Replace, SetArgument, Wrap
from whynorm.facts.counts import GIVEN
from whynorm.facts.history import Loaded
from whynorm.facts.spelling import relearning

_COUNTS = {
    "conv": (("out_channels", 1), ("in_channels", 0)),
    "transposed-conv": (("in_channels", 0), ("out_channels", 1)),
    "linear": (("out_features", 1), ("in_features", 0)),
    "embedding": (("num_embeddings", 0), ("embedding_dim", 1)),
}
"""By role, the settings that the axes of the weight count, with their place in the constructor."""

_SWITCHES = {"gamma": "scale", "beta": "center", "bias": "use_bias"}
"""By variable, the setting of Keras's by which a layer has it."""
_FOLLOW = ("bias", "gamma", "beta", "moving_mean", "moving_variance", "kernel")
"""What has the size that another layer gives, where no setting of its own says so."""
_OF_NORMS = (("num_features", 0), ("num_channels", 1), ("normalized_shape", 0))


@cause("wrong-checkpoint")
def wrong_checkpoint(case: Case) -> Because | None:
    """Weights of another configuration.

    The file holds a network of other width, depth, number of classes or kind of norm. Every layer of the message has
    two sizes, saved and here; their ratio tells which setting differs.

    ```python fails torch
    from torch import nn


    def network(width):
        return nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width))


    network(32).load_state_dict(network(64).state_dict())
    ```

    ```python works torch
    from torch import nn


    def network(width):
        return nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width))


    network(64).load_state_dict(network(64).state_dict())
    ```

    ## How to read the message

    * All sizes by one factor: another width.
    * The last layer only: another number of classes.
    * The first layer only: another number of input channels (`data-channels`).
    * Running statistics missing: the file has another kind of norm, or weights of a frozen, exported form.
    * All keys missing, and as many unexpected: other names. Compare the first of each list: a prefix (`module.`,
      `model.`, `_orig_mod.`) can be taken off, names that mean other layers cannot.

    ## Remedies and their price

    * Build the network as it was: the settings are often saved beside the weights, or can be counted from their sizes.
    * The right file.
    * For a new number of classes: leave the last layer's keys out, load the rest with `strict=False`, look at what it
      returns as missing, and train the last layer.

    `strict=False` does not pass over sizes that differ, and what it passes over stays at its random start. Filtering
    out every key that does not fit "loads" any file into any network.
    """
    if case.call.history is not None:
        return _in_the_run(case)
    differences = case.hints.get("differences")
    if not isinstance(differences, tuple) or not differences:
        return None
    odd = [one for one in differences if one.here is not None and one.saved is not None]
    first = odd[0] if odd else differences[0]
    return Because(
        "likely",
        f"the saved weights are of another configuration: {_told(first)}"
        + (f", and {len(differences) - 1} more differ" if len(differences) > 1 else ""),
        at=case.call,
        remedies=(
            Remedy("load the weights of this configuration", "data", when="the network is as it should be"),
            *_as_saved(case, differences if all(one in odd or _switch(case, one) for one in differences) else ()),
        ),
        weight=0.5,
    )


def _in_the_run(case: Case) -> Because | None:
    """Weights that were loaded without the statistics, and used."""
    history = case.call.history
    loaded = history.loaded if history is not None else None
    if loaded is not None and wrongly_set(case.call) is not None:
        return _in_another_order(loaded)
    if loaded is None or not_loaded(case.call) is None:
        return None
    return Because(
        "certain",
        f"what was loaded has no running statistics for {loaded.norms} {'norm' if loaded.norms == 1 else 'norms'}"
        f"{_under_other_names(loaded)}, and {loaded.passed} passed over it",
        origin=loaded.location,
        remedies=(
            *_built_as_saved(case, loaded),
            _with_all(loaded),
            Remedy(
                f"learn them from training data: {relearning(case.framework)}",
                "call",
                "the weights are all that there is",
                (Relearn(),),
            ),
        ),
        look_at="what is missing, and under which names it came: print what the loading returns, or warns of",
        weight=1.0,
    )


def _in_another_order(loaded: Loaded) -> Because:
    """Arrays that were set by hand."""
    edits: tuple[Edit, ...] = ()
    if loaded.reordered is not None:
        edits = (Replace(loaded.location, *loaded.reordered),)
    return Because(
        "certain",
        "set_weights takes the arrays in the order in which the layer has them: gamma, beta, mean, variance",
        origin=loaded.location,
        remedies=(Remedy("set them in this order", "call", edits=edits),),
        weight=1.5,
    )


def _built_as_saved(case: Case, loaded: Loaded) -> tuple[Remedy, ...]:
    """The norm is built with the parameter that was saved."""
    if loaded.lacks is None:
        return ()
    title = f"build it as it was saved: {loaded.lacks}=True"
    return (set_number(case, case.call, title, loaded.lacks, None, True),)


def _under_other_names(loaded: Loaded) -> str:
    change = loaded.renamed
    if change is None:
        return ""
    if not change.new:
        return f" under their names, but with {change.old!r} before them"
    return f" under their names, but {f'with {change.old!r} for' if change.old else 'without'} {change.new!r}"


def _with_all(loaded: Loaded) -> Remedy:
    """The weights are loaded, or saved, so that nothing is missing."""
    change, saved = loaded.renamed, loaded.saved
    if change is not None:
        written = f"{{{change.written}: value for name, value in {{}}.items()}}"
        edit = Wrap(loaded.location, "load_state_dict", 0, written)
        return Remedy("load them under the names that the network has", "call", None, (Rekey(*change),), (edit,))
    if saved is not None:
        edits = _saved_whole(saved)
        return Remedy("save the whole state, with the buffers: model.state_dict()", "data", edits=edits)
    return Remedy("load weights that hold them, under the names that the network has", "data")


def _saved_whole(saved: Location) -> tuple[Edit, ...]:
    """What lists the parameters lists the state instead."""
    listed = re.search(r"[\w.]+\.named_parameters\(\)", saved.code)
    if listed is None:
        return ()
    return (Replace(saved, listed[0], listed[0].replace(".named_parameters()", ".state_dict().items()")),)


def _told(one: Difference) -> str:
    name = f"{one.path}.{one.name}" if one.path else one.name
    if one.saved is None:
        return f"{name} is not among them"
    if one.here is None:
        return f"{name} is among them, and the network has no such"
    return f"{name} is {sizes(one.saved)} there and {sizes(one.here)} here"


def _as_saved(case: Case, odd: Sequence[Difference]) -> Iterator[Remedy]:
    """The layers are built with the sizes that were saved."""
    layers = {call.path: call for call in case.trace.calls}
    numbers: dict[str, dict[tuple[str, int], object]] = {}
    for one in odd:
        call = layers.get(one.path)
        found = dict(_numbers(call, one)) if call is not None else {}
        if not found and one.name not in _FOLLOW:
            return
        numbers.setdefault(one.path, {}).update(found)
    if not numbers:
        return
    yield Remedy(
        "build the network with the sizes that were saved",
        "model",
        when="the weights are the right ones",
        trial=tuple(
            Rebuild(path, arguments={name: value for (name, _), value in settings.items()})
            for path, settings in numbers.items()
        ),
        edits=tuple(_edits(layers, numbers)),
    )


def _switch(case: Case, one: Difference) -> str | None:
    """The setting of Keras's by which the layer has this variable, or not."""
    call = next((call for call in case.trace.calls if call.path == one.path), None)
    setting = _SWITCHES.get(one.name)
    return setting if call is not None and setting in call.arguments else None


def _edits(layers: Mapping[str | None, Call], numbers: Mapping[str, Mapping[tuple[str, int], object]]) -> list[Edit]:
    """None where a line that builds several layers would have to build them differently."""
    written: dict[tuple[object, ...], SetArgument] = {}
    for path, settings in numbers.items():
        call = layers[path]
        for (name, position), value in settings.items():
            if call.built is None:
                return []
            was = call.arguments.get(name)
            edit = SetArgument(call.built, call.type, *call.written.get(name, (name, position)), repr(value), was=was)
            line = (call.built.file, call.built.line, call.type, name)
            if written.setdefault(line, edit).value != edit.value:
                return []
    return list(written.values())


def _numbers(call: Call, one: Difference) -> Iterator[tuple[tuple[str, int], object]]:
    """The settings that this difference asks for, with their place in the constructor."""
    switch = _SWITCHES.get(one.name)
    if switch in call.arguments and switch is not None and (one.saved is None) is not (one.here is None):
        yield (switch, 0), one.saved is not None
        return
    if one.saved is None or one.here is None or len(one.saved) != len(one.here):
        return
    if one.name == "kernel" and one.saved[-1] != one.here[-1]:
        yield GIVEN[call.role], one.saved[-1]
        return
    if call.role == "norm":
        known = next(((name, place) for name, place in _OF_NORMS if name in call.arguments), None)
        if known is not None:
            yield known, one.saved if known[0] == "normalized_shape" else one.saved[0]
        return
    counts = _COUNTS.get(call.role)
    if one.name != "weight" or counts is None or one.saved[2:] != one.here[2:]:
        return
    groups = call.arguments.get("groups", 1)
    for axis, setting in enumerate(counts):
        if one.saved[axis] != one.here[axis]:
            split = axis == 1 and isinstance(groups, int)
            yield setting, one.saved[axis] * (groups if split and isinstance(groups, int) else 1)


@wrong_checkpoint.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "state-mismatch":
        if told.only_counters:
            return Because("possible", "the weights are of another network", weight=0.1)
        return Because(
            "likely",
            "the weights are of another configuration than the network",
            remedies=(
                Remedy(
                    "load the checkpoint of this configuration, or build the network as the checkpoint was", "model"
                ),
                Remedy(
                    "load the layers that fit and train the others; what is left out starts at random",
                    "model",
                    "the change is meant",
                ),
            ),
            look_at="the first name that does not fit: what differs there, width, depth or kind of norm?",
            weight=0.5,
        )
    if told.symptom not in ("input-channels", "trailing-shape", "channel-mismatch"):
        return None
    words = told.says(
        "checkpoint",
        "pretrained",
        "state_dict",
        "clip",
        "vae",
        "unet",
        "lora",
        "adapter",
        "encoder",
        ".pth",
        ".ckpt",
        "safetensors",
        "dino",
        "prun",
    )
    return Because(
        "possible",
        "the weights, or a part such as an encoder, are of another configuration",
        remedies=(Remedy("take the checkpoint or the part of the same family and size", "model"),),
        look_at="the model's name and configuration against those of the weights",
        weight=0.3 if words else 0.05,
    )
