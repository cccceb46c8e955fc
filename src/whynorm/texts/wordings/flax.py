"""What Flax says, Linen and NNX."""

# ruff: noqa: E501 a message stands as it is printed
from whynorm.texts.wordings.wording import Wording as W

WORDINGS = (
    W("statistics-mode", "Tried to access \"{name}\" from collection \"batch_stats\" in \"{layer}\" but the collection is empty", 'Tried to access "mean" from collection "batch_stats" in "/BatchNorm_0" but the collection is empty. (https://flax.readthedocs.io)', layer="BatchNorm"),
    W("statistics-mode", "from collection \"batch_stats\" in", 'Tried to access "mean" from collection "batch_stats" in "/BatchNorm_0"', layer="BatchNorm"),
    W("statistics-mode", "No variable named \"{name}\" for collection \"batch_stats\" exists in", 'No Variable named "mean" for collection "batch_stats" exists in "/BatchNorm_0".', layer="BatchNorm"),
    W("statistics-mode", "Cannot update variable \"{name}\" in \"{layer}\" because collection \"batch_stats\" is immutable", 'Cannot update variable "mean" in "/BatchNorm_0" because collection "batch_stats" is immutable.', layer="BatchNorm"),
    W("statistics-mode", "because collection \"batch_stats\" is immutable", 'ModifyScopeVariableError: because collection "batch_stats" is immutable', layer="BatchNorm"),
    W("statistics-mode", "Trying to mutate {} batch_stats", "Trying to mutate a frozen collection batch_stats", layer="BatchNorm"),
    W("statistics-mode", "KeyError: 'batch_stats'", "KeyError: 'batch_stats'", layer="BatchNorm"),
    W("statistics-mode", "'FrozenDict' object has no attribute 'batch_stats'", "AttributeError: 'FrozenDict' object has no attribute 'batch_stats'", layer="BatchNorm"),
    W("statistics-mode", "no attribute 'batch_stats'", "AttributeError: 'TrainState' object has no attribute 'batch_stats'", layer="BatchNorm"),
    W("statistics-mode", "Either module parameter use_running_average or keyword argument must be set", "ValueError: Either module parameter use_running_average or keyword argument must be set", layer="BatchNorm"),
    W("statistics-mode", "Either parameter \"use_running_average\" or keyword argument {} must be set", "ValueError: Either parameter \"use_running_average\" or keyword argument \"use_running_average\" must be set.", layer="BatchNorm"),
    W("statistics-mode", "argument 'use_running_average'", "TypeError: __call__() missing 1 required argument 'use_running_average'", layer="BatchNorm"),
    W("statistics-mode", "Parameter \"use_running_average\" {}passed to the constructor", 'Parameter "use_running_average" must be passed to the constructor or at call time.', layer="BatchNorm", versions=">=0.6"),
    W("statistics-mode", "Either module parameter or keyword argument for use_running_average must be set", "Either module parameter or keyword argument for use_running_average must be set", layer="BatchNorm"),
    W("statistics-mode", "No use_running_average argument was provided to BatchNorm", "No `use_running_average` argument was provided to BatchNorm", layer="BatchNorm", versions="nnx"),
    W("channel-mismatch", "Initializer expected to generate shape {other} but got shape {weight} instead for parameter \"scale\" in \"{layer}\"", 'Initializer expected to generate shape (32,) but got shape (64,) instead for parameter "scale" in "/BatchNorm_0".', versions=">=0.3.5"),
    W("channel-mismatch", "Initializer expected to generate shape {other} but got shape {weight} instead for parameter \"bias\" in \"{layer}", 'Initializer expected to generate shape (32,) but got shape (64,) instead for parameter "bias" in "/LayerNorm_0".', needs="norm"),
    W("input-channels", "Initializer expected to generate shape {other} but got shape {weight} instead for parameter \"kernel\" in \"{}Conv", 'Initializer expected to generate shape (3, 3, 3, 64) but got shape (3, 3, 1, 64) instead for parameter "kernel" in "/Conv_0".', role="conv"),
    W("flatten-size", "Initializer expected to generate shape {other} but got shape {weight} instead for parameter \"kernel\" in", 'Initializer expected to generate shape (1600, 256) but got shape (3136, 256) instead for parameter "kernel" in "/Dense_0".', role="linear"),
    W("flatten-size", "Inconsistent shapes between value and initializer for parameter \"kernel\" in \"{layer}\": {weight}, {other}", 'Inconsistent shapes between value and initializer for parameter "kernel" in "/Dense_0": (1600, 256), (3136, 256)', role="linear", versions="<0.3.5"),
    W("channel-mismatch", "Inconsistent shapes between value and initializer for parameter \"{name}\" in \"{layer}\": {weight}, {other}", 'Inconsistent shapes between value and initializer for parameter "scale" in "/BatchNorm_0": (64,), (32,)', versions="<0.3.5"),
    W("uneven-groups", "Number of groups ({groups}) does not divide the number of channels ({got})", "Number of groups (32) does not divide the number of channels (48).", layer="GroupNorm"),
    W("uneven-groups", "Number of channels ({got}) is not multiple of the group size ({groups})", "Number of channels (48) is not multiple of the group size (32).", layer="GroupNorm"),
    W("uneven-groups", "Number of features ({got}) is not multiple of the group size ({groups})", "Number of features (48) is not multiple of the group size (32).", layer="GroupNorm"),
    W("axis-out-of-range", "The channel axes cannot include the leading dimension as this is assumed to be the batch axis", "The channel axes cannot include the leading dimension as this is assumed to be the batch axis.", layer="InstanceNorm"),
    W("axis-out-of-range", "The reduction axes must include the final dimension as this is assumed to be the feature axis", "The reduction axes must include the final dimension as this is assumed to be the feature axis.", layer="GroupNorm"),
    W("axis-out-of-range", "The channel axes cannot include", "The channel axes cannot include the leading axis", layer="InstanceNorm"),
    W("sync-constraint", "unbound axis name: {name}", "NameError: unbound axis name: batch. The following axis names are available", needs="norm"),
    W("missing-layer", "module 'flax.linen' has no attribute '{name}'", "module 'flax.linen' has no attribute 'RMSNorm'", needs="norm-name"),
    W("missing-layer", "module 'flax{module}' has no attribute '{name}'", "module 'flax.nnx' has no attribute 'InstanceNorm'", needs="norm-name"),
    W("statistics-mode", "batch_stats should be provided if use_running_averages is True", "ValueError: batch_stats should be provided if use_running_averages is True", layer="BatchNorm", versions="<0.3"),
)  # fmt: skip
