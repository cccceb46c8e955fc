# CNN for handwritten letters. helper functions so that I don't repeat myself
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2)


def conv_bn_relu(x, conv, bn, training=False):
    x = conv(x)
    x = bn(x, training=training)
    return keras.activations.relu(x)


class LetterNet(keras.Model):
    def __init__(self, n_classes=26):
        super().__init__()
        self.conv1 = layers.Conv2D(16, 3, padding="same")
        self.bn1 = layers.BatchNormalization(momentum=0.9)
        self.conv2 = layers.Conv2D(32, 3, strides=2, padding="same")
        self.bn2 = layers.BatchNormalization(momentum=0.9)
        self.conv3 = layers.Conv2D(32, 3, strides=2, padding="same")
        self.bn3 = layers.BatchNormalization(momentum=0.9)
        self.flatten = layers.Flatten()
        self.dropout = layers.Dropout(0.3)
        self.fc = layers.Dense(n_classes)

    def call(self, x, training=None):
        x = conv_bn_relu(x, self.conv1, self.bn1)
        x = conv_bn_relu(x, self.conv2, self.bn2)
        x = conv_bn_relu(x, self.conv3, self.bn3)
        x = self.dropout(self.flatten(x), training=training)
        return self.fc(x)


def letters(n, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 26, n)
    x = rng.integers(0, 60, (n, 28, 28, 1)).astype("float32")
    x[np.arange(n), y] += 190
    return x, y


x_train, y_train = letters(128, 0)
x_test, y_test = letters(128, 1)

model = LetterNet()
model.compile(
    optimizer=keras.optimizers.SGD(1e-3, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=32, epochs=2, validation_data=(x_test, y_test), verbose=2)
for bn in (model.bn1, model.bn2, model.bn3):
    print(bn.name, "mean", float(np.abs(bn.moving_mean.numpy()).max()), "var", float(bn.moving_variance.numpy().max()))
