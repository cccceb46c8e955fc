from collections.abc import Mapping

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.shapes import at, open_axes, out_shape, sizes, source
from whynorm.facts import Call, Case, Location, Open, Unshaped
from whynorm.facts.change import Edit, Ensure, Feed, Insert, Replace, Say, SetArgument, Wrap


@cause("lost-static-shape")
def lost_static_shape(case: Case) -> Because | None:
    """An operation on the way forgot sizes that were known.

    The input names its sizes, and the layer that needs one finds `None`. In between stands something that does not say
    what it gives: a layer of one's own whose `compute_output_shape` says too little, a reshape to -1 behind an open
    axis, `tf.py_function` in the data, which tells not even the number of axes.

    ```python fails keras
    import keras


    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

        def compute_output_shape(self, shape):
            return (shape[0], None, None, None)


    keras.layers.BatchNormalization()(Doubled()(keras.Input((8, 8, 3))))
    ```

    ```python works keras
    import keras


    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

        def compute_output_shape(self, shape):
            return shape


    keras.layers.BatchNormalization()(Doubled()(keras.Input((8, 8, 3))))
    ```

    A reshape that names the channels keeps them, one that leaves them to be counted does not:

    ```python fails keras
    import keras

    rows = keras.layers.Reshape((-1,))(keras.Input((None, 8, 3)))
    keras.layers.BatchNormalization()(rows)
    ```

    ```python works keras
    import keras

    rows = keras.layers.Reshape((-1, 8 * 3))(keras.Input((None, 8, 3)))
    keras.layers.BatchNormalization()(rows)
    ```

    ## How to find it

    Print `x.shape` behind each step, from the input on: the first `None` that is too much names the culprit.

    ## Remedies

    * Leave `compute_output_shape` out where `call` can be traced: Keras then finds the shape itself.
    * Behind `tf.py_function` or `tf.numpy_function`: `x = tf.ensure_shape(x, (8, 8, 3))` in the same `map`. It also
      fails early where the data are of another shape.
    * Name the known axes in a reshape, and let -1 stand for the open one.
    """
    call = case.call
    if call.raised is None:
        return None
    if not call.shape:
        return _without_any(case)
    found = source(case)
    step = (
        next((one for one in found.calls if len(open_axes(out_shape(one))) > len(open_axes(one.shape))), None)
        if found
        else None
    )
    if step is None or not open_axes(call.shape):
        return None
    rows = _rows(case, step)
    return Because(
        "certain",
        f"{at(step)} gets {sizes(step.shape or ())} and gives {sizes(out_shape(step) or ())}: what was known is "
        f"forgotten there",
        at=step,
        steps=(step,),
        origin=None if rows is None else rows[0],
        remedies=(
            *([] if rows is None else [rows[1]]),
            *_really(case, step),
            Remedy("leave compute_output_shape out, where call can be traced", "model", "the layer has one of its own"),
            Remedy("name the known sizes there, and let -1 stand for the open one", "model", "it is a reshape"),
        ),
        weight=1.3,
    )


def _really(case: Case, step: Call) -> tuple[Remedy, ...]:
    """A layer of the program's own that gives the same sizes whatever comes in, and does not say so."""
    known = case.hints.get("really")
    given = known.get(step.path or "") if isinstance(known, Mapping) else None
    lost, got = out_shape(step) or (), step.shape or ()
    if given is None or len(given) != len(lost):
        return ()
    said = tuple(
        size if isinstance(old, Open) and axis else None
        for axis, (size, old) in enumerate(zip(given, lost, strict=True))
    )
    shape = tuple(old if size is None else size for size, old in zip(said, lost, strict=True))
    edits = () if step.body is None else (Ensure(step.body, said),)
    title = f"say what it gives of {sizes(got)}: tf.ensure_shape(..., {said})"
    return (Remedy(title, "model", None, (Say(step.path or "", shape),), edits),)


def _rows(case: Case, step: Call) -> tuple[Location, Remedy] | None:
    """A reshape to rows of which TensorFlow does not count the features: they are counted in the program."""
    told, shape = case.hints.get("flattens"), step.shape
    if step.built is not None or not isinstance(told, tuple) or len(out_shape(step) or ()) != 2:
        return None
    if not shape or len(shape) < 3 or open_axes(shape):
        return None
    place, whole, function, name = told
    features = " * ".join(f"{name}.shape[{axis}]" for axis in range(1, len(shape)))
    written = f"{function}({name}, [-1, {features}])"
    return place, Remedy(f"count the features: {written}", "model", edits=(Replace(place, whole, written),))


def _without_any(case: Case) -> Because | None:
    """Not even the number of axes is known: what a function of Python gives in a pipeline says nothing of its shape."""
    place = case.hints.get("shapeless")
    if not isinstance(place, Location):
        return None
    return Because(
        "likely",
        "what a Python function gives in a pipeline has no shape that is known before it is run",
        origin=place,
        remedies=(_said(place, case.hints.get("unshaped")),),
        look_at="print(dataset.element_spec)",
        weight=1.0,
    )


def _said(place: Location, unshaped: object) -> Remedy:
    """The shapes are said right behind the function."""
    title = "say the shape behind it, in the same map: x = tf.ensure_shape(x, (...))"
    if not isinstance(unshaped, Unshaped) or unshaped.shapes[0] is None:
        return Remedy(title, "data")
    shape, module = unshaped.shapes[0], unshaped.callee.rpartition(".")[0]
    trial = (Feed(0, (Open(), *shape)),)
    edits: tuple[Edit, ...] = ()
    if unshaped.callee.endswith("from_generator"):
        if None not in unshaped.shapes:
            given = unshaped.shapes if len(unshaped.shapes) > 1 else shape
            edits = (SetArgument(place, unshaped.callee, "output_shapes", None, repr(given)),)
    elif len(unshaped.names) == len(unshaped.shapes):
        known = [(name, one) for name, one in zip(unshaped.names, unshaped.shapes, strict=True) if one is not None]
        edits = (Insert(place, "\n".join(f"{name}.set_shape({one})" for name, one in known), after=True),)
    elif len(unshaped.shapes) == 1:
        edits = (Wrap(place, unshaped.callee, 0, "{}", f"{module}.ensure_shape({{}}, {shape})"),)
    return Remedy(f"{title[: title.index('(...')]}{shape})", "data", trial=trial, edits=edits)


@lost_static_shape.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom != "undefined-axis":
        return None
    line = told.in_code("py_function", "numpy_function", "lambda", "tf.", "resize", "reshape", "sampler")
    return Because(
        "possible",
        "an operation on the way forgot sizes that were known (a py_function, a custom layer, a reshape)",
        remedies=(
            Remedy("set them again behind it: x.set_shape(...), or x = ensure_shape(x, ...)", "model"),
            Remedy("give the custom layer a compute_output_shape", "model"),
        ),
        look_at="print(x.shape) behind each custom layer",
        weight=0.5 if line else 0.3,
    )
