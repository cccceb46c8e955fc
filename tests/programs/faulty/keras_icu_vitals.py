# sepsis prediction from hourly vitals, TF/Keras 3, kaggle-ish
import os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)

VITALS = ['hr', 'o2sat', 'temp', 'sbp', 'resp']


def read_patients(n=96, hours=24):
    rng = np.random.default_rng(7)
    centre = np.array([85, 97, 37, 120, 18], dtype='float32')
    x = rng.normal(centre, centre * 0.05, size=(n, hours, len(VITALS))).astype('float32')
    # temperature is taken every fourth hour only
    missing = np.arange(hours) % 4 != 0
    x[:, missing, VITALS.index('temp')] = np.nan
    y = rng.integers(0, 2, n)
    return x, y


def fill(x):
    """forward fill, the last seen value"""
    out = x.copy()
    for t in range(1, x.shape[1]):
        gap = np.isnan(out[:, t])
        out[:, t][gap] = out[:, t - 1][gap]
    return out


def make_model(normalizer):
    inp = keras.Input((24, len(VITALS)))
    x = normalizer(inp)
    x = layers.LSTM(16)(x)
    out = layers.Dense(1, activation='sigmoid')(x)
    m = keras.Model(inp, out)
    m.compile('adam', 'binary_crossentropy')
    return m


x, y = read_patients()
norm = layers.Normalization(axis=-1)
norm.adapt(x)
x = fill(x)
model = make_model(norm)
model.fit(x[:64], y[:64], epochs=2, batch_size=16, verbose=0)
print('predictions', model.predict(x[64:], verbose=0)[:4].ravel())
