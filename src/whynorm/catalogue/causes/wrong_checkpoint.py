from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("wrong-checkpoint")
def wrong_checkpoint(case: Case) -> Because | None:
    """Weights of another configuration."""
    return None


@wrong_checkpoint.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "state-mismatch":
        if told.only_counters:
            return Because("possible", "the weights are of another network", weight=0.1)
        return Because(
            "likely",
            "the weights are of another configuration than the network",
            remedies=(
                Remedy(
                    "load the checkpoint of this configuration, or build the network as the checkpoint was", "model"
                ),
                Remedy(
                    "load the layers that fit and train the others; what is left out starts at random",
                    "model",
                    "the change is meant",
                ),
            ),
            look_at="the first name that does not fit: what differs there, width, depth or kind of norm?",
            weight=0.5,
        )
    if told.symptom not in ("input-channels", "trailing-shape", "channel-mismatch"):
        return None
    words = told.says(
        "checkpoint",
        "pretrained",
        "state_dict",
        "clip",
        "vae",
        "unet",
        "lora",
        "adapter",
        "encoder",
        ".pth",
        ".ckpt",
        "safetensors",
        "dino",
        "prun",
    )
    return Because(
        "possible",
        "the weights, or a part such as an encoder, are of another configuration",
        remedies=(Remedy("take the checkpoint or the part of the same family and size", "model"),),
        look_at="the model's name and configuration against those of the weights",
        weight=0.3 if words else 0.05,
    )
