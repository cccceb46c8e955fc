"""Biomass from lidar metrics of forest plots. The table comes sorted by site, the way the field crews delivered it."""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers

COLUMNS = ["p95_height", "cover", "rumple", "slope", "elevation", "annual_rain"]
SITES = {"Harz": (612.0, 900.0), "Spreewald": (52.0, 560.0), "Allgaeu": (1140.0, 1650.0)}


def plot_table(plots_per_site=60, seed=0):
    rng = np.random.default_rng(seed)
    rows, biomass = [], []
    for elevation, rain in SITES.values():
        for _ in range(plots_per_site):
            height, cover = rng.uniform(4, 35), rng.uniform(0.2, 1)
            rows.append([height, cover, rng.uniform(1, 4), rng.uniform(0, 30), elevation, rain])
            biomass.append(height * cover * 6 + rain / 50 + rng.normal(0, 4))
    return np.array(rows, "float32"), np.array(biomass, "float32")


def feature_scaler(table, sample=50):
    """The first rows are enough to get means and variances."""
    scaler = layers.Normalization(axis=-1)
    scaler.adapt(table[:sample])
    return scaler


def regressor(scaler):
    metrics = keras.Input((len(COLUMNS),))
    x = scaler(metrics)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(16, activation="relu")(x)
    return keras.Model(metrics, layers.Dense(1)(x))


def main():
    keras.utils.set_random_seed(8)
    table, biomass = plot_table()
    order = np.random.default_rng(1).permutation(len(table))
    train, test = order[:140], order[140:]
    model = regressor(feature_scaler(table))
    model.compile("adam", "mse")
    model.fit(table[train], biomass[train], epochs=3, batch_size=32, verbose=0)
    rmse = model.evaluate(table[test], biomass[test], verbose=0) ** 0.5
    print(f"RMSE {rmse:.1f} t/ha")


if __name__ == "__main__":
    main()
