"""Instance normalization for Keras 3, which has no layer of that name."""

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

import keras

EpsilonOn = Literal["variance", "deviation"]

_PARTS = ("initializer", "regularizer", "constraint")
_CONTRIB = {"axis", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer"}
"""What a configuration of keras-contrib holds; one of tensorflow_addons holds `groups` as well."""


@keras.saving.register_keras_serializable(package="whynorm")
class InstanceNormalization(keras.layers.Layer):  # type: ignore[misc]
    """Normalize each channel of each sample over its positions, and scale and shift each channel.

    Inputs have the batch on axis 0, channels on `axis` and at least one axis of positions: `(N, H, W, C)` with
    `axis=-1`, `(N, C, H, W)` with `axis=1`. Outputs have the shape of the inputs. It is Keras's
    `GroupNormalization(groups=-1)`, and gives what `torch.nn.InstanceNorm2d(C, affine=True)` gives for the same
    `epsilon` (there 1e-5).

    * `axis`: that of the channels. None, as keras-contrib has it: each sample is normalized as a whole, with one
      scale and one shift for all.
    * `epsilon`: is added to the variance, or with `epsilon_on="deviation"` to the standard deviation, as
      keras-contrib does.
    * `center`, `scale`: whether there are a shift `beta` and a scale `gamma`, each of shape `(channels,)`.

    `from_config` reads configurations of tensorflow_addons, of keras-contrib and of layers of a project's own with
    the same arguments; the weights stand in the same order, `gamma` before `beta`, so files load with
    `keras.saving.load_model(file, custom_objects={"InstanceNormalization": whynorm.keras.InstanceNormalization})`.
    Those of tensorflow_addons need no `custom_objects` once `whynorm.keras` is imported.

    Raises ValueError where it is built for an input that cannot be normalized: fewer than three axes, an axis that
    does not exist or is the batch, channels of unknown size, a single position.
    """

    def __init__(
        self,
        axis: int | None = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        epsilon_on: EpsilonOn = "variance",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if epsilon_on not in ("variance", "deviation"):
            raise ValueError(f"epsilon_on is 'variance' or 'deviation', not {epsilon_on!r}")
        if isinstance(axis, list | tuple):
            if len(axis) != 1:
                raise ValueError(
                    f"axis is that of the channels, one number, not {axis!r}: the others are averaged over"
                )
            axis = axis[0]
        self.supports_masking = True
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.epsilon_on = epsilon_on
        self.beta_initializer = keras.initializers.get(beta_initializer)
        self.gamma_initializer = keras.initializers.get(gamma_initializer)
        self.beta_regularizer = keras.regularizers.get(beta_regularizer)
        self.gamma_regularizer = keras.regularizers.get(gamma_regularizer)
        self.beta_constraint = keras.constraints.get(beta_constraint)
        self.gamma_constraint = keras.constraints.get(gamma_constraint)
        self.norm = keras.layers.GroupNormalization(
            groups=1 if axis is None else -1,
            axis=-1 if axis is None else axis,
            epsilon=epsilon,
            center=False,
            scale=False,
            dtype=self.dtype_policy,
            name="norm",
        )
        self.gamma = self.beta = None
        self._told_groups: int | None = None
        """The groups of a configuration that was read."""

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `gamma` and `beta`; refuse a shape that cannot be normalized."""
        shape = tuple(input_shape)
        self._refuse(shape)
        channels = 1 if self.axis is None else shape[self.axis]
        if self._told_groups not in (None, -1, channels):
            raise ValueError(
                f"{self.name}: groups={self._told_groups} for {channels} channels: this is a group norm; instance norm "
                f"has groups=-1"
            )
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                parts = {part: getattr(self, f"{name}_{part}") for part in _PARTS}
                setattr(self, name, self.add_weight(shape=(channels,), name=name, **parts))
        self.norm.build(shape)

    def call(self, inputs: Any) -> Any:
        """Normalize: the shape stays."""
        self._refuse(tuple(inputs.shape))
        outputs = self.norm(inputs)
        if self.epsilon_on == "deviation":
            outputs = outputs * keras.ops.cast(self._correction(inputs), outputs.dtype)
        for parameter, apply in ((self.gamma, keras.ops.multiply), (self.beta, keras.ops.add)):
            if parameter is not None:
                outputs = apply(outputs, keras.ops.cast(self._spread(parameter, len(inputs.shape)), outputs.dtype))
        return outputs

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Sequence[int | None]:
        """The input's own shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that it was built with."""
        serialize = {
            "initializer": keras.initializers.serialize,
            "regularizer": keras.regularizers.serialize,
            "constraint": keras.constraints.serialize,
        }
        parts = {
            f"{name}_{part}": serialize[part](getattr(self, f"{name}_{part}"))
            for name in ("beta", "gamma")
            for part in _PARTS
        }
        own = {
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "epsilon_on": self.epsilon_on,
        }
        return {**super().get_config(), **own, **parts}

    def load_own_variables(self, store: Any) -> None:
        """Read `gamma` and `beta`; where a file keeps them under another class's name, by the layer's own name."""
        super().load_own_variables(store if len(store) or not self.variables else _of_this_name(store, self.name))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "InstanceNormalization":
        """The layer of a configuration: of its own, or of tensorflow_addons, keras-contrib or a project's own layer.

        tensorflow_addons wrote the number of channels for the number of groups once a layer was built. Another number
        is refused where the layer is built.
        """
        given = dict(config)
        groups = given.pop("groups", None)
        if groups is None and "epsilon_on" not in given and set(given) >= _CONTRIB:
            given["epsilon_on"] = "deviation"
        layer = cls(**given)
        layer._told_groups = groups
        return layer

    def _refuse(self, shape: tuple[int | None, ...]) -> None:
        """Raise for a shape that cannot be normalized."""
        rank, axis = len(shape), self.axis
        if axis is not None and (not -rank <= axis < rank or axis % rank == 0):
            what = "is the batch" if -rank <= axis < rank else "does not exist"
            raise ValueError(f"{self.name}: axis={axis} {what} in an input of shape {shape}; name that of the channels")
        if axis is not None and rank < 3:
            raise ValueError(
                f"{self.name}: an instance norm averages over positions, and an input of shape {shape} has none: "
                f"it needs at least three axes, such as (batch, length, channels)"
            )
        if axis is not None and shape[axis] is None:
            raise ValueError(
                f"{self.name}: axis {axis} of shape {shape} holds the channels, and their number must be known "
                f"where the layer is built"
            )
        averaged = [size for number, size in enumerate(shape) if number and (axis is None or number != axis % rank)]
        if None not in averaged and prod(size for size in averaged if size is not None) == 1:
            raise ValueError(
                f"{self.name}: an input of shape {shape} has a single value for each statistic, and normalized it "
                f"would be 0 whatever it is: feed larger inputs, or leave the norm out here"
            )

    def _correction(self, inputs: Any) -> Any:
        """What turns 1 / sqrt(variance + epsilon) into 1 / (deviation + epsilon)."""
        rank = len(inputs.shape)
        kept = {0} if self.axis is None else {0, self.axis % rank}
        wide = keras.ops.cast(inputs, "float32")
        variance = keras.ops.var(wide, axis=[axis for axis in range(rank) if axis not in kept], keepdims=True)
        return keras.ops.sqrt(variance + self.epsilon) / (keras.ops.sqrt(variance) + self.epsilon)

    def _spread(self, parameter: Any, rank: int) -> Any:
        """A parameter so that it stands on the channel axis."""
        shape = [1] * rank
        if self.axis is not None:
            shape[self.axis] = -1
        return keras.ops.reshape(parameter, shape)


def _of_this_name(store: Any, name: str) -> Any:
    """The weights that a file says are of the layer of this name, in the place of an entry that holds none.

    The groups of a `.keras` file are named after the classes of the layers as they were when it was written, and each
    tells its layer's name (Keras 3.8 on).
    """
    file, path = getattr(store, "h5_file", None), str(getattr(store, "_h5_entry_path", ""))
    above = file.get(path.rpartition("/")[0]) if file is not None and "/" in path else None
    entries = [one.get("vars") for one in above.values()] if above is not None else []
    found = [one for one in entries if one is not None and one.attrs.get("name") == name]
    return found[0] if len(found) == 1 else store


keras.saving.get_custom_objects().setdefault("Addons>InstanceNormalization", InstanceNormalization)
