from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("unknown-input-size")
def unknown_input_size(case: Case) -> Because | None:
    """The model is built with sizes left open.

    `None` in a Keras input stands for a size that comes later. For batch, height and width that is well. A norm makes
    one scale and shift for each channel, when it is built, so the channels cannot be left open; nor can any axis on
    which a layer norm is to have parameters.

    ```python fails keras
    import keras

    keras.Sequential([keras.Input((8, 8, None)), keras.layers.BatchNormalization()])
    ```

    ```python works keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.BatchNormalization()])
    ```

    Instance norm over height and width, written as a layer norm over these axes, needs them for its parameters; as a
    group norm it needs the channels alone:

    ```python fails keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.LayerNormalization(axis=(1, 2))])
    ```

    ```python works keras
    import keras

    keras.Sequential([keras.Input((None, None, 3)), keras.layers.GroupNormalization(groups=-1)])
    ```

    ## Remedies and their price

    * Name the channels in `Input(shape=...)`; leave open only what does change.
    * For a layer norm, `scale=False, center=False` where no parameters are wanted: then nothing has to be made. A batch
      norm needs the channels all the same, for its statistics, and a group norm for its groups.
    * A flatten behind open sizes makes an open feature axis: pool over the positions in its place.
    * For an export: fix the sizes that the norm needs, and leave the batch open.

    A number that is merely likely, put in to make it build, is a promise: other inputs are refused later.
    """
    return None


@unknown_input_size.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "undefined-axis":
        return Because(
            "likely",
            "the model is built with sizes left open, and the layer needs this one",
            remedies=(Remedy("give the size in Input(shape=...): at least that of the channels", "model"),),
            look_at="print(x.shape) where the layer is called: which axis is None?",
            weight=0.6,
        )
    if told.symptom in ("unsupported-export", "framework-bug"):
        dynamic = told.says("dynamic", "unknown")
        return Because(
            "possible",
            "the sizes are left open, and the norm needs them",
            remedies=(Remedy("export with fixed sizes, without dynamic axes", "call", "one size will do"),),
            weight=0.5 if dynamic else 0.1,
        )
    return None
