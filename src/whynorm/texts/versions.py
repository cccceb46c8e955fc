"""The framework and its version, as a text gives them away."""

import re

_NAMES = (
    ("torch", ("torch", "running_mean", "batchnorm2d", "aten::", "num_features", "state_dict", "cudnn_status")),
    ("onnx", ("onnxruntime", "onnx", "[trt]", "tensorrt", "importinstancenormalization", "coreml", "openvino")),
    ("flax", ("flax", "linen", "nnx", "batch_stats", "scopecollectionnotfound", "modifyscopevariable")),
    ("jax", ("jax", "haiku", "equinox", "eqx.", "hk.", "dm-haiku")),
    ("keras", ("keras", "exception encountered when calling", "received: input_shape", "incompatible with the layer")),
    ("tensorflow", ("tensorflow", "tf.", "tfa.", "[?,", "fusedbatchnorm", "function_node")),
)
_VERSION = r"(?:[-_]\w{1,8})?(?:\s?version)?[\s=:v'\"-]{1,6}(?P<version>\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)"
_TORCH_LINES = (
    (
        "modules/module.py",
        ("__call__",),
        (
            (206, "0.1"),
            (224, "0.2"),
            (325, "0.3"),
            (357, "0.3.1"),
            (477, "0.4.1"),
            (491, "0.4"),
            (489, "1.0"),
            (493, "1.1"),
            (541, "1.2"),
            (547, "1.2"),
            (532, "1.4"),
            (550, "1.5"),
        ),
    ),
    (
        "modules/module.py",
        ("_call_impl",),
        (
            (722, "1.6"),
            (727, "1.7"),
            (744, "1.7.1"),
            (889, "1.8"),
            (1051, "1.9"),
            (1102, "1.10"),
            (1110, "1.11"),
            (1130, "1.12"),
            (1190, "1.13"),
            (1194, "1.13.1"),
            (1501, "2.0"),
            (1518, "2.1"),
            (1520, "2.2"),
            (1527, "2.1"),
            (1541, "2.4"),
            (1562, "2.4"),
            (1747, "2.5"),
            (1750, "2.6"),
            (1762, "2.7"),
            (1784, "2.8"),
        ),
    ),
)


def framework(around: str, table: str) -> str | None:
    """Which framework speaks: the table's own, but Keras where Keras' files or words stand around TensorFlow's."""
    if table != "other":
        if table == "tensorflow" and "keras" in around and "tensorflow_addons" not in around:
            return "keras"
        return table
    return next((name for name, words in _NAMES if any(word in around for word in words)), None)


def guess(around: str) -> list[str]:
    """The frameworks that a text speaks of, the likeliest first."""
    counted = [(sum(around.count(word) for word in words), name) for name, words in _NAMES]
    return [name for count, name in sorted(counted, reverse=True) if count]


def version(framework: str | None, text: str, frames: list[tuple[str, str, int]]) -> str | None:
    """The version that the text names, or that a line number of the framework's own files betrays."""
    lower = text.lower()
    for name in ("torch", "keras", "tensorflow", "flax", "jax", "onnx", "onnxruntime", "tensorrt"):
        if name != framework and not (framework == "onnx" and name in ("onnxruntime", "tensorrt")):
            continue
        place = lower.find(name)
        while place >= 0:
            after = lower[place + len(name) : place + len(name) + 32]
            if after[:1] in " =:v-_'\"" and any(digit.isdigit() for digit in after):
                found = re.match(_VERSION, after)
                if found is not None:
                    return found["version"]
            place = lower.find(name, place + 1)
    if framework != "torch":
        return None
    for file, function, line in frames:
        path = file.replace("\\", "/")
        for ending, functions, lines in _TORCH_LINES:
            if path.endswith(ending) and function.rpartition(".")[2] in functions:
                known = dict(lines).get(line)
                if known is not None:
                    return known
    return None
