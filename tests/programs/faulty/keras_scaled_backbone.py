import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import dataclasses
import math

import numpy as np
import keras
from keras import layers as L

keras.utils.set_random_seed(0)


@dataclasses.dataclass
class StageSpec:
    width: int
    repeats: int
    stride: int


SMALL = [StageSpec(32, 1, 1), StageSpec(64, 2, 2), StageSpec(96, 1, 2)]


class WidthPolicy:
    """Scales channel numbers as EfficientNet does, rounding to a multiple of 8."""

    def __init__(self, multiplier, divisor=8):
        self.multiplier, self.divisor = multiplier, divisor

    def __call__(self, width):
        scaled = width * self.multiplier
        return max(self.divisor, int(math.floor(scaled / self.divisor + 0.5)) * self.divisor)


def norm_act(x, name):
    x = L.GroupNormalization(groups=32, name=f"{name}_gn")(x)
    return L.Activation("swish", name=f"{name}_act")(x)


def stage(x, spec, policy, index):
    filters = policy(spec.width)
    for i in range(spec.repeats):
        stride = spec.stride if i == 0 else 1
        name = f"s{index}b{i}"
        x = L.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
        x = norm_act(x, name)
    return x


def backbone(specs, multiplier, size=32, classes=5):
    policy = WidthPolicy(multiplier)
    inputs = keras.Input((size, size, 3))
    x = inputs
    for index, spec in enumerate(specs):
        x = stage(x, spec, policy, index)
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.Dense(classes)(x))


def count(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


if __name__ == "__main__":
    for multiplier in (1.0, 2.0, 1.5):
        net = backbone(SMALL, multiplier)
        print(f"x{multiplier}: {count(net):,} parameters")
