"""Character model, ported from a PyTorch notebook (nn.LayerNorm(d_model) everywhere)."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(0)

TEXT = "the quick brown fox jumps over the lazy dog " * 20
VOCAB = sorted(set(TEXT))


class FeedForward(layers.Layer):
    def __init__(self, d_model, factor=4):
        super().__init__()
        self.up = layers.Dense(d_model * factor, activation="gelu")
        self.down = layers.Dense(d_model)

    def call(self, x):
        return self.down(self.up(x))


class Block(layers.Layer):
    def __init__(self, d_model, heads):
        super().__init__()
        self.attention = layers.MultiHeadAttention(heads, d_model // heads)
        self.mlp = FeedForward(d_model)
        self.ln_1 = layers.LayerNormalization(d_model)
        self.ln_2 = layers.LayerNormalization(d_model)

    def call(self, x):
        h = self.ln_1(x)
        x = x + self.attention(h, h, use_causal_mask=True)
        return x + self.mlp(self.ln_2(x))


class CharModel(keras.Model):
    def __init__(self, vocab, d_model=32, heads=2, depth=2, context=16):
        super().__init__()
        self.tokens = layers.Embedding(vocab, d_model)
        self.positions = layers.Embedding(context, d_model)
        self.blocks = [Block(d_model, heads) for _ in range(depth)]
        self.head = layers.Dense(vocab)

    def call(self, ids):
        x = self.tokens(ids) + self.positions(ops.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def dataset(context):
    ids = np.array([VOCAB.index(c) for c in TEXT])
    starts = range(0, len(ids) - context - 1, context)
    x = np.stack([ids[s:s + context] for s in starts])
    y = np.stack([ids[s + 1:s + context + 1] for s in starts])
    return x, y


if __name__ == "__main__":
    x, y = dataset(16)
    model = CharModel(len(VOCAB))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, batch_size=8, epochs=1, verbose=0)
