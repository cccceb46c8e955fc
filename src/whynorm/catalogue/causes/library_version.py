from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.frozen import overruled
from whynorm.catalogue.remedies.before_layer import at_layers
from whynorm.catalogue.shapes import at
from whynorm.facts import Call, Case, Missing
from whynorm.facts.change import Edit, ImportFrom, Insert, Rebuild, Replace, SetArgument, Supply
from whynorm.facts.history import Overruled

_SINCE = {
    "RMSNorm": "torch 2.4",
    "rms_norm": "torch 2.4",
    "GroupNorm": "torch 0.4",
    "LayerNorm": "torch 0.4",
    "SyncBatchNorm": "torch 1.1",
    "Normalization": "tensorflow 2.2",
    "GroupNormalization": "keras 2.11",
    "UnitNormalization": "keras 2.11",
    "LazyBatchNorm2d": "torch 1.9",
    "LazyInstanceNorm2d": "torch 1.10",
}
_STANDARD = (
    "batchnormalization",
    "layernormalization",
    "groupnormalization",
    "normalization",
    "unitnormalization",
    "rmsnormalization",
    "syncbatchnormalization",
    "batchnormalizationv1",
    "batchnormalizationv2",
    "spectralnormalization",
)


def is_custom(name: str) -> bool:
    """Whether a layer of this name was never the framework's own."""
    return bool(name) and ">" not in name and name.lower() not in _STANDARD


@cause("library-version")
def library_version(case: Case) -> Because | None:
    """A version changed or broke it.

    The program was written, or the file saved, with one version, and another is installed. What was silent is refused
    now, or the reverse; a layer has come, gone, or moved to another package; a default has changed.

    Until torch 0.4 every instance norm kept running statistics. A file of that time holds them, and names no version:

    ```python fails torch
    from torch import nn

    saved = dict(nn.InstanceNorm2d(4, track_running_stats=True).state_dict())
    nn.InstanceNorm2d(4).load_state_dict(saved)
    ```

    ```python works torch
    from torch import nn

    saved = dict(nn.InstanceNorm2d(4, track_running_stats=True).state_dict())
    kept = {key: value for key, value in saved.items() if key in ("weight", "bias")}
    nn.InstanceNorm2d(4).load_state_dict(kept)
    ```

    ## Some that are met often

    | what | versions |
    |---|---|
    | `nn.RMSNorm` | from torch 2.4 |
    | instance norm refuses a single position in training | from torch 1.8; before, silent zeros |
    | `InstanceNorm1d` reads two axes as one sample without a batch | from torch 1.11 |
    | instance norm tracked running statistics by default | before torch 0.4 |
    | TensorFlow Addons, with its `InstanceNormalization` | ended; no Keras 3 |
    | a functional model keeps `training=False` of a call | until Keras 2 |
    | `broadcast_buffers` of `DistributedDataParallel` | deprecated in torch 2.13 |

    ## How to make sure

    Print the version in the program itself (`torch.__version__`, `keras.__version__` and `keras.backend.backend()`), in
    the very process that fails: a notebook and a terminal often differ. Then run the smallest program that shows it in
    a fresh environment with the other version.

    ## Remedies and their price

    * Move the code to today's names. It is done once.
    * Install the version with which it was made, and write it down in the requirements. It stops newer devices and
      other packages from working, sooner or later.
    * A file that only the old version reads: load it there, save the weights alone, load these here.

    Going back to a version that did not refuse is no remedy where the refusal is right: the result was wrong before, in
    silence.
    """
    missing, call = case.hints.get("missing"), case.call
    if case.told.symptom == "framework-bug":
        return _broken(case)
    if call.history is not None:
        return _overruled(case)
    if not isinstance(missing, Missing) or not (missing.ours or missing.package or missing.moved):
        return None
    if missing.moved is not None:
        return _elsewhere(call, missing, missing.moved)
    since = f"of {missing.package}, which has ended" if missing.package else "that Keras does not have"
    return Because(
        "certain" if missing.package else "possible",
        f"the file names {missing.name}, a layer {since}",
        origin=call.location,
        remedies=tuple(_moved(call, missing)),
        look_at="what it computed: its axis, epsilon, scale and center stand in the file's configuration",
        weight=1.5 if missing.package else 0.4,
    )


def _overruled(case: Case) -> Because | None:
    """What a network was told where a model was made of it is not kept any more."""
    found, history = overruled(case.call), case.call.history
    told = history.overruled if history is not None else None
    if found is None or told is None:
        return None
    return Because(
        "certain",
        "a functional model of Keras 3 hands its own mode to every layer; training=False at the call was kept until "
        "Keras 2",
        origin=told.location,
        remedies=(_in_inference(case.call, told),),
        weight=2.5,
    )


def _in_inference(call: Call, told: Overruled) -> Remedy:
    """The norms are frozen, which is inference mode whatever they are told."""
    edits: tuple[Edit, ...] = ()
    trial = (Rebuild(call.path or "", arguments={"trainable": False}),)
    if told.itself:
        if call.built is not None:
            edits = (SetArgument(call.built, call.type, "trainable", None, "False"),)
        return Remedy("freeze the norm: trainable=False is inference mode as well", "layer", None, trial, edits)
    if told.callee is not None and told.thawed is not None:
        is_norm = f"isinstance(layer, {told.norm})" if told.norm is not None else 'hasattr(layer, "moving_mean")'
        parts = f"{told.callee}.layers" if told.direct else f"{told.callee}._flatten_layers()"
        loop = f"for layer in {parts}:\n    if {is_norm}:\n        layer.trainable = False"
        edits = tuple(Insert(place, loop, after=True) for place in told.thawed or (told.location,))
    return Remedy("freeze its norms: trainable=False is inference mode as well", "mode", None, trial, edits)


def _elsewhere(call: Call, missing: Missing, module: str) -> Because:
    """A name that another version had in another module."""
    edits: tuple[Edit, ...] = ()
    if call.location is not None and missing.written is None:
        edits = (ImportFrom(call.location, module),)
    elif call.location is not None and missing.written is not None and missing.renamed is not None:
        edits = (Replace(call.location, missing.written, missing.renamed),)
        if missing.setting is not None:
            edits += (SetArgument(call.location, missing.name, missing.setting, None, "True"),)
    today = (missing.renamed or missing.name).rpartition(".")[2]
    with_it = f", with {missing.setting}=True" if missing.setting is not None else ""
    same = today == missing.name
    return Because(
        "certain",
        f"{missing.name} is in {module} today, and nowhere else"
        if same
        else f"{missing.name} is {today} of {module} today{with_it}",
        origin=call.location,
        remedies=(
            Remedy(
                f"take it from {module}" if same else f"write {today}{with_it}",
                "call",
                None,
                (Supply(today, module),),
                edits,
            ),
        ),
        weight=1.5,
    )


def _broken(case: Case) -> Because:
    """What is legal, and fails in the version that is installed."""
    call = case.call
    version = " ".join(part for part in (case.framework, case.version) if part)
    return Because(
        "likely",
        f"{call.name} is legal as it stands, and {version or 'this version'} fails on it",
        at=call,
        remedies=(
            *_axes_last(case),
            Remedy("install another version, or take another backend or device", "environment"),
        ),
        look_at="whether the layer alone, on a tensor of this shape, fails as well; the release notes",
        weight=1.0,
    )


def _axes_last(case: Case) -> Iterator[Remedy]:
    """A layer norm of axes that are not the last ones gets them last, and gives them back where they were."""
    call, axis, shape = case.call, case.call.arguments.get("axis"), case.call.shape
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    if call.role != "norm" or not shape or not all(isinstance(one, int) for one in axes):
        return
    averaged = sorted({one % len(shape) for one in axes})
    last = list(range(len(shape) - len(averaged), len(shape)))
    if averaged == last:
        return
    order = (*(one for one in range(len(shape)) if one not in averaged), *averaged)
    moved = at_layers(case, call, "permute", order, back=True)
    built = tuple(
        Rebuild(change.path or "", arguments={"axis": [one - len(shape) for one in last]}) for change in moved
    )
    yield Remedy(
        f"move the axes that it averages over to the end before {at(call)}, and back behind it: transpose(x, {order})",
        "model",
        "the version must stay",
        trial=(*built, *moved),
    )


def _moved(call: Call, missing: Missing) -> Iterator[Remedy]:
    """What loads the file with today's framework."""
    if missing.ours:
        edits: tuple[Edit, ...] = ()
        if call.location is not None:
            edits = (Insert(call.location, "import whynorm.keras"),)
            if missing.package is None and missing.callee is not None:
                value = f"{{{missing.name!r}: whynorm.keras.{missing.name}}}"
                edits += (SetArgument(call.location, missing.callee, "custom_objects", None, value),)
        title = f"import whynorm.keras before loading: its {missing.name} reads the file, weights included"
        yield Remedy(title, "environment", None, (Supply(missing.name, "whynorm.keras"),), edits)
    yield Remedy(
        "in a network that is built anew, GroupNormalization(groups=-1) is instance norm", "layer", "it is trained anew"
    )


@library_version.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "missing-layer":
        name = told.words.get("name") or told.words.get("layer", "")
        own = is_custom(name)
        since = _SINCE.get(name.rpartition(">")[2].rpartition(".")[2])
        message = f"{name or 'the layer'} is not in this version" + (f"; {since} has it" if since and not own else "")
        remedies = (
            [Remedy(f"move to {since}", "environment")]
            if since
            else [
                Remedy(
                    "install the version with which the file or code was made, or move the code to today's",
                    "environment",
                )
            ]
        )
        if "addons" in name.lower() or told.says("tensorflow_addons", "tfa."):
            remedies = [
                Remedy(
                    "import whynorm.keras before loading: its InstanceNormalization reads the file, weights included",
                    "environment",
                    "the file is to be loaded with Keras 3",
                ),
                Remedy(
                    "TensorFlow Addons has ended: in Keras 3 GroupNormalization(groups=-1) is instance norm", "layer"
                ),
                Remedy(
                    "install tensorflow 2.15 and tensorflow-addons 0.23 to load old files, and save the weights alone",
                    "environment",
                ),
            ]
        return Because(
            "possible" if own else "likely",
            message,
            remedies=tuple(remedies),
            look_at="the versions with which it was written, and those here",
            weight=0.3 if own else 0.8,
        )
    if told.symptom == "wrong-rank":
        if told.family != "sync" or told.ranks != (3,):
            return None
        return Because(
            "likely",
            "SyncBatchNorm takes vectors since torch 1.2 only",
            remedies=(
                Remedy("move to a newer torch", "environment"),
                Remedy("add an axis: norm(x.unsqueeze(-1)).squeeze(-1)", "call", "the version must stay"),
            ),
            weight=0.8,
        )
    if told.symptom == "unsupported-type":
        if (
            "not implemented" not in told.message
            and "not currently" not in told.message
            and "could not run" not in told.message
        ):
            return None
        return Because(
            "possible",
            "this version has no kernel for that type on that device",
            remedies=(Remedy("move to a newer version: torch 2.2 has half precision on the CPU", "environment"),),
            weight=0.4,
        )
    if told.symptom == "state-mismatch":
        old = told.only_counters
        if not old and "object has no attribute" not in told.message and "running stats" not in told.message:
            return None
        said = (
            "the buffer num_batches_tracked came with torch 0.4.1, and the file is older"
            if old
            else "the file is of another version, in which the layer had other attributes"
        )
        return Because(
            "likely" if old or "object has no attribute" in told.message else "possible",
            said,
            remedies=(
                Remedy("load with strict=False, then check that only num_batches_tracked is named as missing", "call"),
                Remedy(
                    "save the state_dict with the old version, and load it into a network built here", "environment"
                ),
            ),
            weight=0.8,
        )
    if told.symptom in ("framework-bug", "unsupported-export"):
        return Because(
            "likely",
            "this version cannot do it, and another can"
            if told.symptom == "unsupported-export"
            else "the network is legal, and this version fails on it",
            remedies=(
                Remedy("move to a newer version of the exporter or runtime", "environment"),
                Remedy(
                    "write the norm in simpler operations (mean, variance, multiply, add) for the export",
                    "model",
                    "the version must stay",
                ),
            )
            if told.symptom == "unsupported-export"
            else (
                Remedy("move to a newer version", "environment"),
                Remedy(
                    "make the input contiguous, or switch cuDNN off for this layer; it is slower",
                    "call",
                    "the version must stay",
                ),
            ),
            look_at="the release notes behind the version that is installed",
            weight=0.7,
        )
    if told.symptom == "axis-out-of-range" and told.says("addons", "tfa", "contrib"):
        return Because("possible", "another package's layer of the same name takes other arguments", weight=0.2)
    return None
