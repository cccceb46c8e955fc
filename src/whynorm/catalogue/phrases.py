"""What to do, in the words of the framework at hand, for a text where nothing can be tried. Each names its price."""

from whynorm.catalogue.registry import Remedy
from whynorm.facts import Case

_KERAS = ("keras", "tensorflow")
_JAX = ("flax", "jax")


def drop_last(case: Case, when: str | None = None) -> Remedy:
    """The remainder of the data is left out."""
    written = {
        "keras": "batch with dataset.batch(n, drop_remainder=True)",
        "tensorflow": "batch with dataset.batch(n, drop_remainder=True)",
        "flax": "leave the last, smaller batch out",
        "jax": "leave the last, smaller batch out",
    }.get(case.framework or "", "pass drop_last=True to the training DataLoader (not to the one for validation)")
    return Remedy(
        f"{written}; the few samples left over wait for another epoch, if the data are shuffled", "data", when
    )


def larger_batch(case: Case, each: str = "each batch") -> Remedy:
    """More samples at once."""
    return Remedy(f"put at least two samples into {each}; it takes more memory", "data", "this is training")


def evaluation(case: Case) -> Remedy:
    """Inference mode."""
    written = {
        "keras": "call model(x, training=False), or model.predict(x)",
        "tensorflow": "call model(x, training=False), or feed is_training=False",
        "flax": "pass use_running_average=True in inference",
        "jax": "pass is_training=False in inference",
    }.get(case.framework or "", "call model.eval() before it, and model.train() before training goes on")
    return Remedy(
        f"{written}; the running statistics are used, so they must have been learnt", "mode", "this is inference"
    )


def other_norm(case: Case, why: str = "the batch must stay that small") -> Remedy:
    """A norm that needs no second sample."""
    written = {
        "keras": "GroupNormalization or LayerNormalization",
        "tensorflow": "GroupNormalization or LayerNormalization",
        "flax": "GroupNorm or LayerNorm",
        "jax": "GroupNorm or LayerNorm",
    }.get(case.framework or "", "GroupNorm or LayerNorm")
    return Remedy(f"use {written} there; weights trained with the other norm no longer fit", "layer", why)


def to_channels_second(case: Case, rank: int | None) -> Remedy:
    """Channels from the end to the second place."""
    order = {3: "(0, 2, 1)", 5: "(0, 4, 1, 2, 3)"}.get(rank or 4, "(0, 3, 1, 2)")
    if case.framework in _KERAS:
        return Remedy(
            f"move the channels with keras.ops.transpose(x, {order}), or say data_format='channels_last'", "input"
        )
    return Remedy(f"move the channels: x.permute{order}; free, but the memory is then strided", "input")


def to_channels_last(case: Case, rank: int | None) -> Remedy:
    """Channels from the second place to the end."""
    order = {3: "(0, 2, 1)", 5: "(0, 2, 3, 4, 1)"}.get(rank or 4, "(0, 2, 3, 1)")
    if case.framework in _KERAS:
        return Remedy(
            f"move the channels to the end: keras.ops.transpose(x, {order}); input_shape=(height, width, channels)",
            "input",
        )
    if case.framework in _JAX:
        return Remedy(f"move the channels to the end: jnp.transpose(x, {order})", "input")
    return Remedy(f"move the channels to the end before it and back behind it: x.permute{order}", "call")


def add_axis(case: Case, axis: int, name: str) -> Remedy:
    """An axis of size one."""
    if case.framework in _KERAS:
        return Remedy(f"add the {name} axis: x[None]" if axis == 0 else f"add the {name} axis: x[..., None]", "input")
    if case.framework in _JAX:
        return Remedy(f"add the {name} axis: x[None]" if axis == 0 else f"add the {name} axis: x[..., None]", "input")
    return Remedy(f"add the {name} axis: x.unsqueeze({axis})", "input")


def print_shape(case: Case, what: str) -> str:
    """One line to print, and what to compare."""
    return f"print(x.shape) just before the call: {what}"


def sizes(shape: object) -> str:
    """A shape in words: `1 x 512 x ? x ?`."""
    return " x ".join("?" if size is None else str(size) for size in shape) if isinstance(shape, tuple) else "?"
