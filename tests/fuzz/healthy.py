"""Healthy networks of the libraries that people use: none may have a finding of severity error or warning.

`python -m tests.fuzz.healthy [NAME …]`: random weights, small settings, valid sizes, both modes. What `check` must
leave alone (weights, buffers, mode, hooks, random state, warning filters) is compared as well.
"""

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import random
import sys
import time
import types
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn

import whynorm


class Network(NamedTuple):
    """One healthy network."""

    name: str
    make: Callable[[], nn.Module]
    inputs: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}


def ids(*shape: int) -> tuple[tuple[int, ...], str]:
    """An input of token numbers."""
    return (shape, "int64")


def _monai() -> list[Network]:
    from monai.networks import nets

    volume = (2, 1, 32, 32, 32)
    image = (2, 1, 64, 64)
    unet = {"in_channels": 1, "out_channels": 2, "channels": (8, 16, 32), "strides": (2, 2)}
    dyn = {"in_channels": 1, "out_channels": 2, "kernel_size": [3] * 4, "strides": [1, 2, 2, 2]}
    dyn["upsample_kernel_size"] = [2, 2, 2]
    dyn["filters"] = [8, 16, 32, 64]
    return [
        Network("monai UNet 3d", lambda: nets.UNet(3, **unet), (volume,)),
        Network("monai UNet 2d", lambda: nets.UNet(2, **unet, num_res_units=2), (image,)),
        Network("monai UNet batch", lambda: nets.UNet(2, **unet, norm="batch"), (image,)),
        Network("monai UNet layer", lambda: nets.UNet(2, **unet, norm=("group", {"num_groups": 4})), (image,)),
        Network("monai DynUNet", lambda: nets.DynUNet(3, **dyn), (volume,)),
        Network("monai DynUNet deep", lambda: nets.DynUNet(2, **dyn, deep_supervision=True), ((2, 1, 64, 64),)),
        Network("monai BasicUNet", lambda: nets.BasicUNet(3, 1, 2, (8, 8, 16, 32, 64, 8)), (volume,)),
        Network("monai BasicUNetPlusPlus", lambda: nets.BasicUNetPlusPlus(2, 1, 2, (8, 8, 16, 32, 64, 8)), (image,)),
        Network("monai AttentionUnet", lambda: nets.AttentionUnet(2, 1, 2, (8, 16, 32), (2, 2)), (image,)),
        Network("monai SegResNet", lambda: nets.SegResNet(3, 8, 1, 2), (volume,)),
        Network("monai SegResNetVAE", lambda: nets.SegResNetVAE((32, 32, 32), init_filters=8), (volume,)),
        Network("monai SegResNetDS", lambda: nets.SegResNetDS(3, 8, 1, 2), (volume,)),
        Network("monai VNet", lambda: nets.VNet(3, 1, 2), ((2, 1, 32, 32, 32),)),
        Network("monai HighResNet", lambda: nets.HighResNet(3, 1, 2), (volume,)),
        Network("monai UNETR", lambda: nets.UNETR(1, 2, (32, 32, 32), 8, 48, 96, 4), (volume,)),
        Network("monai SwinUNETR", lambda: nets.SwinUNETR(1, 2, feature_size=12), ((1, 1, 64, 64, 64),)),
        Network("monai ViT", lambda: nets.ViT(1, (32, 32, 32), (16, 16, 16), 48, 96, 2, 4), (volume,)),
        Network("monai DenseNet121", lambda: nets.DenseNet121(2, 1, 3), (image,)),
        Network("monai DenseNet 3d", lambda: nets.DenseNet(3, 1, 3, 8, 8, (2, 2)), (volume,)),
        Network("monai SENet", lambda: nets.SEResNet50(spatial_dims=2, in_channels=1, num_classes=3), (image,)),
        Network("monai ResNet 3d", lambda: nets.resnet18(spatial_dims=3, n_input_channels=1), (volume,)),
        Network("monai EfficientNet", lambda: nets.EfficientNetBN("efficientnet-b0", False, in_channels=1), (image,)),
        Network("monai RegUNet", lambda: nets.RegUNet(3, 1, 8, 2), (volume,)),
        Network("monai LocalNet", lambda: nets.LocalNet(3, 1, 8, (0, 1, 2), out_channels=3), (volume,)),
        Network("monai AutoEncoder", lambda: nets.AutoEncoder(2, 1, 1, (8, 16), (2, 2)), (image,)),
        Network("monai VarAutoEncoder", lambda: nets.VarAutoEncoder(2, (1, 64, 64), 1, 8, (8, 16), (2, 2)), (image,)),
        Network("monai Discriminator", lambda: nets.Discriminator((1, 64, 64), (8, 16), (2, 2)), (image,)),
        Network("monai Generator", lambda: nets.Generator((8,), (8, 8, 8), (8, 4, 1), (2, 2, 2)), ((2, 8),)),
        Network("monai FlexibleUNet", lambda: nets.FlexibleUNet(1, 2, "efficientnet-b0"), (image,)),
        Network("monai MedNeXt", lambda: nets.MedNeXt(3, 8, 1, 2), (volume,)),
        Network("monai VISTA-like PatchDiscriminator", lambda: nets.PatchDiscriminator(2, 8, 1), (image,)),
        Network("monai AutoencoderKL", lambda: nets.AutoencoderKL(
            2, 1, 1, (1, 1), (8, 8), (False, False), 3, norm_num_groups=4), (image,)),
        Network("monai DiffusionModelUNet", lambda: nets.DiffusionModelUNet(
            2, 1, 1, (1, 1), (8, 8), (False, True), norm_num_groups=4, num_head_channels=8), (image, ids(2))),
    ]  # fmt: skip


def _nnunet() -> list[Network]:
    from dynamic_network_architectures.architectures import unet

    def settings(rank: int, **more: Any) -> dict[str, Any]:
        convolution = {2: nn.Conv2d, 3: nn.Conv3d}[rank]
        norm = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}[rank]
        return {
            "input_channels": 1, "n_stages": 4, "features_per_stage": (8, 16, 32, 32), "conv_op": convolution,
            "kernel_sizes": 3, "strides": (1, 2, 2, 2), "num_classes": 3, "n_conv_per_stage_decoder": 1,
            "conv_bias": True, "norm_op": norm, "norm_op_kwargs": {"eps": 1e-5, "affine": True},
            "nonlin": nn.LeakyReLU, "nonlin_kwargs": {"inplace": True}, **more,
        }  # fmt: skip

    return [
        Network(
            "nnU-Net plain 3d",
            lambda: unet.PlainConvUNet(**settings(3, n_conv_per_stage=2)),
            ((2, 1, 32, 32, 32),),
        ),
        Network("nnU-Net plain 2d deep", lambda: unet.PlainConvUNet(
            **settings(2, n_conv_per_stage=2, deep_supervision=True)), ((2, 1, 64, 64),)),
        Network("nnU-Net residual 3d", lambda: unet.ResidualEncoderUNet(
            **settings(3, n_blocks_per_stage=(1, 2, 2, 2))), ((2, 1, 32, 32, 32),)),
        Network("nnU-Net residual 2d", lambda: unet.ResidualUNet(
            **settings(2, n_blocks_per_stage=(1, 2, 2, 2), n_conv_per_stage_decoder=(1, 1, 1))), ((2, 1, 64, 64),)),
    ]  # fmt: skip


class _Named(type):
    """A class whose attributes are their own names."""

    def __getattr__(cls, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class _Nothing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """timm names data sets and transforms of torchvision, which would bring another torch; no network uses them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Of torchvision's modules alone."""
        if name.split(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Every name in it is a class of that name; what Python asks of a module (`__file__`) is not there."""

        def named(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return _Named(name, (nn.Module,), {})

        module.__getattr__ = named  # type: ignore[method-assign]


def _timm() -> list[Network]:
    if importlib.util.find_spec("torchvision") is None:
        sys.meta_path.append(_Nothing())
    import timm

    small = {
        "resnet18": 64, "resnet50": 64, "resnext50_32x4d": 64, "seresnet50": 64, "densenet121": 64, "vgg11_bn": 64,
        "mobilenetv2_100": 64, "mobilenetv3_small_100": 64, "efficientnet_b0": 64, "efficientnetv2_rw_t": 64,
        "regnetx_002": 64, "regnety_002": 64, "convnext_atto": 64, "convnextv2_atto": 64, "vit_tiny_patch16_224": 224,
        "deit_tiny_patch16_224": 224, "swin_tiny_patch4_window7_224": 224, "swinv2_tiny_window8_256": 256,
        "mixer_s32_224": 224, "resmlp_12_224": 224, "poolformer_s12": 64, "edgenext_xx_small": 256,
        "mobilevit_xxs": 256, "ghostnet_100": 64, "dla34": 64, "hrnet_w18_small": 64, "inception_v3": 128,
        "xception41": 96, "nfnet_f0": 64, "levit_128s": 224, "pit_ti_224": 224, "cait_xxs24_224": 224,
        "coat_tiny": 224, "twins_svt_small": 224, "pvt_v2_b0": 64, "maxvit_pico_rw_256": 256, "repvgg_a0": 64,
        "dpn68": 64, "cspresnet50": 64, "vovnet39a": 64, "fastvit_t8": 256, "tinynet_a": 64, "res2net50_14w_8s": 64,
        "gmlp_s16_224": 224, "focalnet_tiny_srf": 224, "davit_tiny": 224, "eva02_tiny_patch14_224": 224,
        "efficientformer_l1": 224, "lcnet_050": 64, "mnasnet_small": 64, "hardcorenas_a": 64, "skresnet18": 64,
    }  # fmt: skip
    return [
        Network(f"timm {name}", lambda name=name: timm.create_model(name, pretrained=False), ((2, 3, size, size),))  # type: ignore[misc]
        for name, size in small.items()
    ]


def _transformers() -> list[Network]:
    import transformers as t

    def text(name: str, config: str, **settings: Any) -> Network:
        wanted = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
        wanted |= {"vocab_size": 100, "pad_token_id": 0, **settings}
        return Network(
            f"transformers {name}",
            lambda: getattr(t, name)(getattr(t, config)(**wanted)),
            (),
            {"input_ids": ids(2, 16)},
        )

    def seen(name: str, config: str, shape: tuple[int, ...], **settings: Any) -> Network:
        return Network(
            f"transformers {name}",
            lambda: getattr(t, name)(getattr(t, config)(**settings)),
            (),
            {"pixel_values": shape},
        )

    small = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    heard = {"conv_dim": (16, 16), "conv_kernel": (10, 3), "conv_stride": (5, 2), "num_feat_extract_layers": 2}
    heard |= {"num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2}
    return [
        text("BertModel", "BertConfig"),
        text("RobertaModel", "RobertaConfig"),
        text("DistilBertModel", "DistilBertConfig", dim=32, n_layers=2, n_heads=4, hidden_dim=64),
        text("ElectraModel", "ElectraConfig", embedding_size=32),
        text("AlbertModel", "AlbertConfig", embedding_size=16),
        text("GPT2LMHeadModel", "GPT2Config", n_embd=32, n_layer=2, n_head=4),
        text("LlamaForCausalLM", "LlamaConfig", num_key_value_heads=2),
        text("MistralForCausalLM", "MistralConfig", num_key_value_heads=2),
        text("Qwen2ForCausalLM", "Qwen2Config", num_key_value_heads=2),
        text("GPTNeoXForCausalLM", "GPTNeoXConfig"),
        text("OPTForCausalLM", "OPTConfig", ffn_dim=64, word_embed_proj_dim=32, max_position_embeddings=64),
        text("PhiForCausalLM", "PhiConfig"),
        text("FalconForCausalLM", "FalconConfig"),
        text("BloomForCausalLM", "BloomConfig", n_layer=2, n_head=4),
        text("DebertaV2Model", "DebertaV2Config"),
        text("MambaForCausalLM", "MambaConfig"),
        Network("transformers T5", lambda: t.T5Model(t.T5Config(
            vocab_size=100, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4)),
            (), {"input_ids": ids(2, 16), "decoder_input_ids": ids(2, 8)}),
        Network("transformers Bart", lambda: t.BartModel(t.BartConfig(
            vocab_size=100, d_model=32, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=64, decoder_ffn_dim=64,
            encoder_attention_heads=4, decoder_attention_heads=4)), (), {"input_ids": ids(2, 16)}),
        Network("transformers Wav2Vec2", lambda: t.Wav2Vec2Model(t.Wav2Vec2Config(
            **small, **heard, mask_time_prob=0.0)), (), {"input_values": (2, 4000)}),
        Network("transformers Whisper", lambda: t.WhisperModel(t.WhisperConfig(
            vocab_size=100, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
            decoder_attention_heads=4, max_source_positions=50, pad_token_id=0, bos_token_id=1, eos_token_id=2,
            decoder_start_token_id=1)), (), {"input_features": (2, 80, 100), "decoder_input_ids": ids(2, 4)}),
        Network("transformers CLIP", lambda: t.CLIPModel(t.CLIPConfig(
            text_config={**small, "vocab_size": 100}, vision_config={**small, "image_size": 32, "patch_size": 8})),
            (), {"input_ids": ids(2, 8), "pixel_values": (2, 3, 32, 32)}),
        seen("ViTModel", "ViTConfig", (2, 3, 32, 32), **small, image_size=32, patch_size=8),
        seen("BeitModel", "BeitConfig", (2, 3, 32, 32), **small, image_size=32, patch_size=8),
        seen("SegformerModel", "SegformerConfig", (2, 3, 64, 64)),
        seen("SwinModel", "SwinConfig", (2, 3, 64, 64), image_size=64, embed_dim=24, depths=[1, 1], num_heads=[2, 4]),
        seen("ConvNextModel", "ConvNextConfig", (2, 3, 64, 64), hidden_sizes=[16, 32], depths=[1, 1], num_stages=2),
        seen("ResNetModel", "ResNetConfig", (2, 3, 64, 64), hidden_sizes=[16, 32], depths=[1, 1], embedding_size=16),
        seen("MobileNetV2Model", "MobileNetV2Config", (2, 3, 64, 64)),
    ]  # fmt: skip


def _diffusers() -> list[Network]:
    import diffusers as d

    blocks = {"down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D")}
    crossed = {
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    }
    vae = {"down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2}
    two = {"block_out_channels": (16, 32), "norm_num_groups": 8}
    return [
        Network("diffusers UNet2D", lambda: d.UNet2DModel(
            sample_size=32, layers_per_block=1, attention_head_dim=8, **blocks, **two), ((2, 3, 32, 32), ids(2))),
        Network("diffusers UNet2DCondition", lambda: d.UNet2DConditionModel(
            sample_size=32, layers_per_block=1, attention_head_dim=4, cross_attention_dim=16, **crossed, **two),
            ((2, 4, 32, 32), ids(2), (2, 7, 16))),
        Network("diffusers AutoencoderKL", lambda: d.AutoencoderKL(latent_channels=4, **vae, **two), ((2, 3, 32, 32),)),
        Network("diffusers VQModel", lambda: d.VQModel(latent_channels=3, **vae, **two), ((2, 3, 32, 32),)),
        Network("diffusers AutoencoderTiny", lambda: d.AutoencoderTiny(
            encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8), num_encoder_blocks=(1, 1),
            num_decoder_blocks=(1, 1)), ((2, 3, 32, 32),)),
        Network("diffusers UNet1D", lambda: d.UNet1DModel(
            sample_size=64, block_out_channels=(32, 32, 64), extra_in_channels=64), ((2, 2, 64), ids(2))),
        Network("diffusers DiT", lambda: d.DiTTransformer2DModel(
            num_attention_heads=2, attention_head_dim=8, in_channels=4, num_layers=2, sample_size=16,
            norm_num_groups=4), ((2, 4, 16, 16),), {"timestep": ids(2), "class_labels": ids(2)}),
        Network("diffusers UNet3D", lambda: d.UNet3DConditionModel(
            sample_size=16, layers_per_block=1, attention_head_dim=4, cross_attention_dim=16, norm_num_groups=8,
            block_out_channels=(16, 32), down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
            up_block_types=("UpBlock3D", "CrossAttnUpBlock3D")), ((1, 4, 4, 16, 16), ids(1), (1, 7, 16))),
    ]  # fmt: skip


LIBRARIES: dict[str, Callable[[], list[Network]]] = {
    "monai": _monai,
    "nnunet": _nnunet,
    "timm": _timm,
    "transformers": _transformers,
    "diffusers": _diffusers,
}


def state(model: nn.Module) -> list[Any]:
    """Everything of a model, the process and its random numbers that `check` must leave alone, for comparing."""
    tensors = [*model.named_parameters(remove_duplicate=False), *model.named_buffers(remove_duplicate=False)]
    return [
        [(name, id(t), t.device, t._version, t.requires_grad, t.grad, t.data_ptr()) for name, t in tensors],
        [float(t.double().sum()) for _, t in tensors if t.numel() and not t.is_complex()],
        [(name, id(m), type(m), m.training, sorted(m.__dict__)) for name, m in model.named_modules()],
        [(len(m._forward_hooks), len(m._forward_pre_hooks), list(m._forward_hooks)) for m in model.modules()],
        torch.get_rng_state().tolist(),
        random.getstate(),
        list(warnings.filters),
        [nn.Module.__call__, nn.Module.__init__, torch.conv2d, nn.functional.batch_norm, torch.is_grad_enabled()],
        sys.stdout,
    ]


def trouble(network: Network, training: bool) -> list[str]:
    """What `check` says against a healthy network, and what it did not leave alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        try:
            model = network.make().train(training)
        except Exception as error:  # noqa: BLE001  a network that this version of the library does not build
            return [f"not built: {type(error).__name__}: {error}"]
    before = state(model)
    report = whynorm.check(model, *network.inputs, **network.keywords)
    after = state(model)
    found = [f"{f.severity}[{f.symptom}] {f.message}" for f in report.findings if f.severity != "note"]
    if report.outcome != "completes":
        found.append(f"outcome {report.outcome}: {report.unknown}")
    found += [
        f"changed: part {number} of the state"
        for number, (a, b) in enumerate(zip(before, after, strict=True))
        if _differ(a, b)
    ]
    return found


def _differ(a: Any, b: Any) -> bool:
    return str(a) != str(b) if isinstance(a, list) and any(isinstance(part, float) for part in a) else a != b


def main() -> int:
    """Check them all in both modes; 1 if one has trouble."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.healthy", description=__doc__)
    parser.add_argument("names", nargs="*", help="only networks whose name holds one of these texts")
    names = parser.parse_args().names
    torch.set_num_threads(1)
    networks = [n for make in LIBRARIES.values() for n in make() if not names or any(name in n.name for name in names)]
    bad = 0
    for number, network in enumerate(networks, 1):
        for training in (True, False):
            began = time.perf_counter()
            found = trouble(network, training)
            mode = "training" if training else "inference"
            if sys.stderr.isatty():
                print(f"\r{number}/{len(networks)} {network.name:<40}", end="", file=sys.stderr, flush=True)
            if found:
                bad += 1
                print(
                    f"{network.name} in {mode} ({time.perf_counter() - began:.1f} s):", *found, sep="\n  ", flush=True
                )
    print(f"{len(networks)} networks in both modes, {bad} with trouble")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
