SETTINGS = {
    "seed": 7,
    "lr": 1e-3,
    "batch": 2,
    "edge": 16,
    "bottleneck": 64,
}
