"""The settings of layers that count channels or features, as PyTorch calls them."""

GIVEN = {
    "conv": ("out_channels", 1),
    "transposed-conv": ("out_channels", 1),
    "linear": ("out_features", 1),
    "embedding": ("embedding_dim", 1),
    "recurrent": ("hidden_size", 1),
}
"""By role, the setting that counts what goes out, with its place in the constructor."""

TAKEN = {
    "norm": (("num_features", 0), ("num_channels", 1), ("normalized_shape", 0)),
    "conv": (("in_channels", 0),),
    "transposed-conv": (("in_channels", 0),),
    "linear": (("in_features", 0),),
    "recurrent": (("input_size", 0),),
    "attention": (("embed_dim", 0),),
}
"""By role, the settings that count what comes in, with their place in the constructor."""
