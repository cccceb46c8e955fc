"""The room of Keras 3.5 and later, on the TensorFlow, JAX and PyTorch backends.

An older Keras is left alone: its models are refused in one line, and `whynorm why` reads its errors.
Keras is imported by what looks at a model: a file that holds none is refused without it.
"""

from collections.abc import Mapping, Sequence

from whynorm.errors import UsageError
from whynorm.frameworks.room import Followed, Room


class _Keras:
    """Enters the parts of the room when they are asked for."""

    name = "keras"

    def owns(self, target: object) -> bool:
        """Whether the target is a layer or model. Raises `UsageError` for one of a Keras before 3.5."""
        import keras

        layer = getattr(keras, "Layer", None) or keras.layers.Layer
        if isinstance(target, layer) and not supported():
            raise UsageError(
                f"this is Keras {keras.__version__}, and its models are followed from Keras 3.5 on: move to Keras 3, "
                f"or paste the error into `whynorm why`"
            )
        return isinstance(target, layer)

    def follow(
        self, target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None
    ) -> Followed:
        """Follow the shapes through a layer or model."""
        from whynorm.frameworks.keras.follow import follow

        return follow(target, inputs, keywords, training)

    def crash(self, exception: BaseException) -> Followed | None:
        """Follow again what raised this exception."""
        if not supported():
            return None
        from whynorm.frameworks.keras.crash import crash

        return crash(exception)


def supported() -> bool:
    """Whether this Keras is one that can be followed and observed."""
    import keras

    major, minor = str(keras.__version__).split(".")[:2]
    return (int(major), int(minor)) >= (3, 5)


ROOM: Room = _Keras()
