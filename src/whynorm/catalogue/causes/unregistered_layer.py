from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.causes.library_version import is_custom
from whynorm.facts import Case, Missing
from whynorm.facts.change import Change, Edit, SetArgument, Supply


@cause("unregistered-layer")
def unregistered_layer(case: Case) -> Because | None:
    """A custom layer is not registered where the file is loaded.

    A Keras file names the class of each layer, and holds its settings and weights, not its code. For Keras's own layers
    the name is enough. A class of your own, or of another package, must be made known where the file is loaded: by a
    decorator where it is defined and imported, or by name in the call.

    ```python fails keras
    import os
    import tempfile

    import keras


    class Gate(keras.layers.Layer):
        def call(self, inputs):
            return keras.ops.sigmoid(inputs)


    path = os.path.join(tempfile.mkdtemp(), "model.keras")
    keras.Sequential([keras.Input((4,)), Gate()]).save(path)
    del Gate
    keras.models.load_model(path)
    ```

    ```python works keras
    import os
    import tempfile

    import keras


    class Gate(keras.layers.Layer):
        def call(self, inputs):
            return keras.ops.sigmoid(inputs)


    path = os.path.join(tempfile.mkdtemp(), "model.keras")
    keras.Sequential([keras.Input((4,)), Gate()]).save(path)
    keras.models.load_model(path, custom_objects={"Gate": Gate})
    ```

    ## Remedies and their price

    * `custom_objects={"Gate": Gate}`: for files that are there already.
    * `@keras.saving.register_keras_serializable(package="ours")` on the class, and an import of its module before
      loading. The package becomes part of the name, so files from before still need the first way.
    * A `get_config` of your own must return every argument of the constructor: one that it leaves out takes its default
      again when the file is loaded, silently.
    * For TensorFlow Addons' instance norm: `import whynorm.keras` registers one that reads such files.

    Giving another class under that name (`custom_objects={"InstanceNormalization": BatchNormalization}`) may load,
    since the weights have the same sizes; it computes something else.
    """
    missing, place = case.hints.get("missing"), case.call.location
    if not isinstance(missing, Missing) or missing.package is not None or missing.moved:
        return None
    edits: tuple[Edit, ...] = ()
    if missing.known and missing.callee is not None and place is not None:
        value = f"{{{missing.name!r}: {missing.name}}}"
        edits = (SetArgument(place, missing.callee, "custom_objects", None, value),)
    return Because(
        "likely",
        f"{missing.name} is a layer of your own or of another package, and the file names it only",
        origin=place,
        remedies=tuple(_given(missing.name, edits, (Supply(missing.name, "__main__"),) if missing.known else ())),
        weight=0.8,
    )


def _given(name: str, edits: tuple[Edit, ...] = (), trial: tuple[Change, ...] = ()) -> Iterator[Remedy]:
    """How the class comes to whoever loads the file."""
    title = f"pass it when loading: load_model(path, custom_objects={{'{name}': {name}}})"
    yield Remedy(title, "call", None, trial, edits)
    yield Remedy(
        "decorate the class with @keras.saving.register_keras_serializable()", "model", "the file can be saved anew"
    )


@unregistered_layer.in_text
def _(case: Case) -> Because | None:
    told = case.told
    name = told.words.get("name") or told.words.get("layer", "")
    if told.symptom != "missing-layer" or not is_custom(name) or case.framework == "torch":
        return None
    return Because(
        "likely",
        f"{name} is a layer of your own or of another package, and the file names it only",
        remedies=tuple(_given(name)),
        weight=0.8,
    )
