"""What `check` costs, as a multiple of a bare forward pass of the same network on abstract tensors.

Both are measured in turn in one run, after one of each to warm up; the least of each counts.
"""

import copy
import resource
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import whynorm

ROUNDS = 9


def _networks() -> dict[str, tuple[nn.Module, tuple[Any, ...]]]:
    from monai.networks import nets
    from transformers import LlamaConfig, LlamaModel

    dyn: dict[str, Any] = {"kernel_size": [3] * 5, "strides": [1, 2, 2, 2, 2], "upsample_kernel_size": [2] * 4}
    llama = LlamaConfig(hidden_size=512, intermediate_size=1024, num_hidden_layers=12, num_attention_heads=8)
    return {
        "MONAI UNet, 3-d": (nets.UNet(3, 1, 2, (16, 32, 64, 128, 256), (2, 2, 2, 2)), ((2, 1, 96, 96, 96),)),
        "MONAI DynUNet, 3-d": (nets.DynUNet(3, 1, 2, **dyn), ((2, 1, 96, 96, 96),)),
        "MONAI DenseNet121": (nets.DenseNet121(2, 3, 10), ((2, 3, 224, 224),)),
        "MONAI SwinUNETR": (nets.SwinUNETR(1, 2, feature_size=24), ((1, 1, 96, 96, 96),)),
        "Llama, 12 layers": (LlamaModel(llama), (((2, 512), "int64"),)),
    }


def _least(called: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The least processor time of each in seconds, measured in turn; everything runs on one thread."""
    for each in called.values():
        each()
    least = dict.fromkeys(called, float("inf"))
    for _ in range(ROUNDS):
        for name, each in called.items():
            began = time.process_time()
            each()
            least[name] = min(least[name], time.process_time() - began)
    return least


def _bare(model: nn.Module, inputs: tuple[Any, ...]) -> Callable[[], object]:
    twin = copy.deepcopy(model).to("meta")
    tensors = [
        torch.zeros(given[0], dtype=torch.int64, device="meta")
        if given[1] == "int64"
        else torch.empty(given, device="meta")
        for given in inputs
    ]

    def forward() -> object:
        with torch.no_grad():
            return twin(*tensors)

    return forward


def _llama_of_70_billion() -> nn.Module:
    """Llama 2 of 70 billion parameters, by the sizes of its published configuration, on abstract tensors."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=8192, intermediate_size=28672, num_hidden_layers=80, num_attention_heads=64, num_key_value_heads=8
    )
    with torch.device("meta"):
        return LlamaForCausalLM(config).to(torch.bfloat16)


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    print(f"{'network':<22}{'bare ms':>9}{'check ms':>10}{'ratio':>7}{'(check - 10 ms) / bare':>25}")
    for name, (model, inputs) in _networks().items():
        model.eval()
        bare = _bare(model, inputs)
        found = _least({"bare": bare, "check": lambda: whynorm.check(model, *inputs)})  # noqa: B023  called at once
        _row(name, found)
    big = _llama_of_70_billion().eval()
    tokens = torch.zeros((1, 2048), dtype=torch.int64, device="meta")

    def forward() -> object:
        with torch.no_grad():
            return big(tokens)

    found = _least({"bare": forward, "check": lambda: whynorm.check(big, ((1, 2048), "int64"))})
    _row(f"Llama, {sum(p.numel() for p in big.parameters()) / 1e9:.0f} billion", found)
    print(f"most memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def _row(name: str, found: dict[str, float]) -> None:
    bare, check = 1e3 * found["bare"], 1e3 * found["check"]
    print(f"{name:<22}{bare:>9.1f}{check:>10.1f}{check / bare:>7.2f}{(check - 10) / bare:>25.2f}", flush=True)


if __name__ == "__main__":
    main()
