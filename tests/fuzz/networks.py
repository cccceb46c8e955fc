"""Networks of the libraries that people use, small, with random weights."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from torch import nn


class Network(NamedTuple):
    """How to make it, and what to ask of it."""

    make: Callable[[], Any]
    inputs: tuple[str, ...]
    training: bool = True


NETWORKS: dict[str, Network] = {}


def _add(name: str, make: Callable[[], Any], *inputs: str, training: bool = True) -> None:
    NETWORKS[name] = Network(make, inputs, training)


def _of(module: str, name: str, *args: Any, **kwargs: Any) -> Callable[[], Any]:
    return lambda: getattr(import_module(module), name)(*args, **kwargs)


def _monai(name: str, **kwargs: Any) -> Callable[[], Any]:
    return _of("monai.networks.nets", name, **kwargs)


# written in examples/networks

for _name in ("pix2pix_7", "pix2pix_8", "batch_normed", "discriminator"):
    _add(_name, _of("pix2pix", _name), "1,3,H,W")
_add("pix2pix batch", _of("pix2pix", "batch_normed"), "N,3,256,256")
for _name in ("cyclegan_6", "cyclegan_9"):
    _add(_name, _of("cyclegan", _name), "1,3,H,W")
_add("style", _of("style", "style"), "1,3,H,W")

# MONAI

_add("monai unet", _of("medical", "unet"), "1,1,D,H,W")
_add("monai unet alike", _of("medical", "unet"), "1,1,S,S,S")
_add("monai dynunet", _of("medical", "dynunet"), "1,1,D,H,W")
for _norm in ("instance", "batch"):
    _add(
        f"monai unet 2d {_norm}",
        _monai("UNet", spatial_dims=2, in_channels=1, out_channels=2, channels=(4, 8, 16), strides=(2, 2), norm=_norm),
        "1,1,H,W",
    )
_add("monai basic unet", _monai("BasicUNet", spatial_dims=2, in_channels=1, out_channels=2), "1,1,H,W")
_add("monai basic unet ++", _monai("BasicUNetPlusPlus", spatial_dims=2, in_channels=1, out_channels=2), "1,1,H,W")
_add("monai attention unet", _monai("AttentionUnet", spatial_dims=2, in_channels=1, out_channels=2,
     channels=(4, 8, 16), strides=(2, 2)), "1,1,H,W")  # fmt: skip
_add("monai segresnet", _monai("SegResNet", spatial_dims=2, init_filters=8, in_channels=1, out_channels=2), "1,1,H,W")
_add("monai segresnet vae", _monai("SegResNetVAE", input_image_size=(32, 32), spatial_dims=2, init_filters=8,
     in_channels=1, out_channels=2, vae_nz=4), "1,1,H,W")  # fmt: skip
_add(
    "monai segresnet ds",
    _monai("SegResNetDS", spatial_dims=2, init_filters=8, in_channels=1, out_channels=2),
    "1,1,H,W",
)
_add("monai vnet", _monai("VNet", spatial_dims=2, in_channels=1, out_channels=2), "1,1,H,W")
_add("monai highresnet", _monai("HighResNet", spatial_dims=2, in_channels=1, out_channels=2), "1,1,H,W")
_add(
    "monai densenet",
    _monai(
        "DenseNet",
        spatial_dims=2,
        in_channels=1,
        out_channels=2,
        init_features=8,
        growth_rate=4,
        block_config=(2, 2, 2, 2),
    ),
    "1,1,H,W",
)
_add("monai resnet", _monai("resnet18", spatial_dims=2, n_input_channels=1, num_classes=2), "1,1,H,W")
_add(
    "monai senet",
    _monai(
        "SENet",
        spatial_dims=2,
        in_channels=1,
        num_classes=2,
        block="se_resnet_bottleneck",
        layers=(1, 1, 1, 1),
        groups=1,
        reduction=16,
    ),
    "2,1,H,W",
)
_add("monai efficientnet", _monai("EfficientNetBN", model_name="efficientnet-b0", spatial_dims=2, in_channels=1,
     num_classes=2, pretrained=False), "1,1,H,W")  # fmt: skip
_add(
    "monai regressor",
    _monai("Regressor", in_shape=(1, 64, 64), out_shape=(1,), channels=(4, 8, 16), strides=(2, 2, 2)),
    "1,1,H,W",
)
_add("monai autoencoder", _monai("AutoEncoder", spatial_dims=2, in_channels=1, out_channels=1, channels=(4, 8),
     strides=(2, 2)), "1,1,H,W")  # fmt: skip
_add("monai vit", _monai("ViT", in_channels=1, img_size=(64, 64), patch_size=(16, 16), hidden_size=48, mlp_dim=64,
     num_layers=2, num_heads=4, spatial_dims=2), "1,1,H,W")  # fmt: skip
_add("monai unetr", _monai("UNETR", in_channels=1, out_channels=2, img_size=(64, 64), feature_size=8, hidden_size=48,
     mlp_dim=64, num_heads=4, spatial_dims=2), "1,1,H,W")  # fmt: skip
_add("monai swin unetr", _monai("SwinUNETR", in_channels=1, out_channels=2, feature_size=12, spatial_dims=2), "1,1,H,W")
_add("monai ahnet", _monai("AHNet", spatial_dims=2, in_channels=1, out_channels=2), "1,1,H,W")
_add("monai fullyconnected", _monai("FullyConnectedNet", in_channels=16, out_channels=2, hidden_channels=[8]), "N,16")
_add("monai discriminator", _monai("PatchDiscriminator", spatial_dims=2, channels=8, in_channels=1), "1,1,H,W")
_add("monai autoencoder kl", _monai("AutoencoderKL", spatial_dims=2, in_channels=1, out_channels=1, channels=(8, 8),
     latent_channels=3, norm_num_groups=4, num_res_blocks=1, attention_levels=(False, False)), "1,1,H,W")  # fmt: skip
_add(
    "monai vqvae",
    _monai(
        "VQVAE",
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        channels=(8, 8),
        num_res_channels=(8, 8),
        downsample_parameters=((2, 4, 1, 1),) * 2,
        upsample_parameters=((2, 4, 1, 1, 0),) * 2,
    ),
    "1,1,H,W",
)
_add("monai diffusion unet", _monai("DiffusionModelUNet", spatial_dims=2, in_channels=1, out_channels=1,
     channels=(8, 8), attention_levels=(False, True), norm_num_groups=4, num_head_channels=4, num_res_blocks=1),
     "N,1,H,W", "timesteps=N:int64")  # fmt: skip

_add("monai var autoencoder", _monai("VarAutoEncoder", spatial_dims=2, in_shape=(1, 32, 32), out_channels=1,
     latent_size=4, channels=(4, 8), strides=(2, 2)), "1,1,H,W")  # fmt: skip
_add("monai flexible unet", _monai("FlexibleUNet", in_channels=3, out_channels=2, backbone="resnet10",
     decoder_channels=(32, 16, 16, 8, 8)), "1,3,H,W")  # fmt: skip
_add("monai mednext", _monai("MedNeXt", spatial_dims=2, init_filters=8, kernel_size=3, blocks_down=(1, 1),
     blocks_bottleneck=1, blocks_up=(1, 1)), "1,1,H,W")  # fmt: skip
_add("monai critic", _monai("Critic", in_shape=(1, 32, 32), channels=(4, 8), strides=(2, 2)), "N,1,H,W")
_add("monai swin unetr 3d", _monai("SwinUNETR", in_channels=1, out_channels=2, feature_size=12, depths=(1, 1, 1, 1),
     spatial_dims=3), "1,1,D,H,64")  # fmt: skip
_add("monai segresnet 3d", _monai("SegResNet", spatial_dims=3, init_filters=8, in_channels=1, out_channels=2,
     blocks_down=(1, 1, 1), blocks_up=(1, 1)), "1,1,D,H,W")  # fmt: skip

# dynamic-network-architectures


def _dna(name: str, dimensions: int, norm: type[nn.Module], stages: int = 4) -> Callable[[], Any]:
    conv = nn.Conv2d if dimensions == 2 else nn.Conv3d
    settings: dict[str, Any] = {
        "input_channels": 1, "n_stages": stages, "features_per_stage": [8 * 2**at for at in range(stages)],
        "conv_op": conv, "kernel_sizes": 3, "strides": [1] + [2] * (stages - 1), "num_classes": 2,
        "n_conv_per_stage_decoder": 1, "conv_bias": True, "norm_op": norm, "norm_op_kwargs": {"affine": True},
        "nonlin": nn.LeakyReLU, "nonlin_kwargs": {"inplace": True},
        "n_blocks_per_stage" if "Residual" in name else "n_conv_per_stage": 1,
    }  # fmt: skip
    return _of("dynamic_network_architectures.architectures.unet", name, **settings)


_add("nnunet", _of("medical", "nnunet"), "1,1,D,H,W")
_add("nnunet 2d", _dna("PlainConvUNet", 2, nn.InstanceNorm2d), "1,1,H,W")
_add("nnunet 2d deep", _dna("PlainConvUNet", 2, nn.InstanceNorm2d, 7), "1,1,H,W")
_add("nnunet 2d batch norm", _dna("PlainConvUNet", 2, nn.BatchNorm2d), "N,1,H,W")
_add("nnunet residual", _dna("ResidualEncoderUNet", 2, nn.InstanceNorm2d), "1,1,H,W")
_add("nnunet residual 3d", _dna("ResidualEncoderUNet", 3, nn.InstanceNorm3d, 3), "1,1,D,H,W")

# transformers


def _hf(model: str, config: str, **kwargs: Any) -> Callable[[], Any]:
    def make() -> Any:
        library = import_module("transformers")
        settings = getattr(library, config)(**kwargs)
        settings._attn_implementation = "eager"
        return getattr(library, model)(settings)

    return make


def _whisper() -> Any:
    settings = {"d_model": 32, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 37}
    decoder = {"decoder_layers": 1, "decoder_attention_heads": 2, "decoder_ffn_dim": 37, "vocab_size": 99}
    return _hf(
        "WhisperModel", "WhisperConfig", **settings, **decoder, max_source_positions=100, pad_token_id=0
    )().encoder


_TEXT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 37, "vocab_size": 99}
_add("bert", _hf("BertModel", "BertConfig", **_TEXT), "N,T:int64")
_add("bert short", _hf("BertModel", "BertConfig", **_TEXT, max_position_embeddings=100), "1,T:int64")
_add("roberta", _hf("RobertaModel", "RobertaConfig", **_TEXT, max_position_embeddings=66), "1,T:int64")
_add(
    "distilbert", _hf("DistilBertModel", "DistilBertConfig", dim=32, n_layers=2, n_heads=4, hidden_dim=37), "1,T:int64"
)
_add("gpt2", _hf("GPT2Model", "GPT2Config", n_embd=32, n_layer=2, n_head=4, n_positions=128), "1,T:int64")
_add("electra", _hf("ElectraModel", "ElectraConfig", **_TEXT, embedding_size=32), "1,T:int64")
_add(
    "t5 encoder", _hf("T5EncoderModel", "T5Config", d_model=32, d_ff=37, num_layers=2, num_heads=4, d_kv=8), "1,T:int64"
)
_add("wav2vec2", _hf("Wav2Vec2Model", "Wav2Vec2Config", hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
     intermediate_size=37, conv_dim=(16,) * 7, mask_time_prob=0.0, num_conv_pos_embeddings=16), "1,T")  # fmt: skip
_add("hubert", _hf("HubertModel", "HubertConfig", hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
     intermediate_size=37, conv_dim=(16,) * 7, mask_time_prob=0.0, num_conv_pos_embeddings=16), "1,T")  # fmt: skip
_VISION = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 37}
_add("vit", _hf("ViTModel", "ViTConfig", **_VISION, image_size=64), "1,3,H,W")
_add("deit", _hf("DeiTModel", "DeiTConfig", **_VISION, image_size=64), "1,3,H,W")
_add("dinov2", _hf("Dinov2Model", "Dinov2Config", **_VISION, image_size=56, patch_size=14), "1,3,H,W")
_add("convnext", _hf("ConvNextModel", "ConvNextConfig", hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]), "1,3,H,W")
_add("resnet hf", _hf("ResNetModel", "ResNetConfig", embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1]), "1,3,H,W")
_add("segformer", _hf("SegformerForSemanticSegmentation", "SegformerConfig", hidden_sizes=[8, 16, 24, 32],
     depths=[1, 1, 1, 1], decoder_hidden_size=16), "1,3,H,W")  # fmt: skip
_add("swin", _hf("SwinModel", "SwinConfig", embed_dim=8, depths=[1, 1], num_heads=[2, 2], window_size=7), "1,3,H,W")
_add("mobilenet v2", _hf("MobileNetV2Model", "MobileNetV2Config"), "1,3,H,W")
_add(
    "poolformer",
    _hf("PoolFormerModel", "PoolFormerConfig", hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]),
    "1,3,H,W",
)
_add("regnet", _hf("RegNetModel", "RegNetConfig", embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1]), "2,3,H,W")

_add("whisper encoder", _whisper, "1,80,T")
_add("clip vision", _hf("CLIPVisionModel", "CLIPVisionConfig", **_VISION, image_size=64, patch_size=16), "1,3,H,W")
_add("clip text", _hf("CLIPTextModel", "CLIPTextConfig", **_TEXT, max_position_embeddings=20), "N,T:int64")
_add("beit", _hf("BeitModel", "BeitConfig", **_VISION, image_size=64), "1,3,H,W")
_add("mobilevit", _hf("MobileViTModel", "MobileViTConfig", hidden_sizes=[16, 16, 16], neck_hidden_sizes=[8] * 7,
     num_attention_heads=2), "1,3,H,W")  # fmt: skip
_add("swin v2", _hf("Swinv2Model", "Swinv2Config", embed_dim=8, depths=[1, 1], num_heads=[2, 2], window_size=8,
     image_size=64), "1,3,H,W")  # fmt: skip
_add("bert masked", _hf("BertModel", "BertConfig", **_TEXT, max_position_embeddings=50), "N,T:int64",
     "attention_mask=N,S:int64")  # fmt: skip
_add("audio spectrogram", _hf("ASTModel", "ASTConfig", **_VISION, max_length=64, num_mel_bins=32), "1,T,F")
_add("patchtsmixer", _hf("PatchTSMixerModel", "PatchTSMixerConfig", context_length=32, patch_length=8, patch_stride=8,
     num_input_channels=2, d_model=8, num_layers=1), "N,T,2")  # fmt: skip

# diffusers

_add("diffusers unet", _of("diffusers", "UNet2DModel", block_out_channels=(8, 16), norm_num_groups=4,
     down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
     layers_per_block=1), "1,3,H,W", "timestep=1:int64")  # fmt: skip
_add("diffusers unet deep", _of("diffusers", "UNet2DModel", block_out_channels=(8, 8, 8, 8), norm_num_groups=4,
     down_block_types=("DownBlock2D",) * 4, up_block_types=("UpBlock2D",) * 4, layers_per_block=1),
     "1,3,H,W", "timestep=1:int64")  # fmt: skip
_add("diffusers vae", _of("diffusers", "AutoencoderKL", block_out_channels=(8, 8), norm_num_groups=4,
     down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2), "1,3,H,W")  # fmt: skip
_add("diffusers vq", _of("diffusers", "VQModel", block_out_channels=(8, 8), norm_num_groups=4,
     down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2), "1,3,H,W")  # fmt: skip
_add("diffusers tiny vae", _of("diffusers", "AutoencoderTiny", encoder_block_out_channels=(8, 8),
     decoder_block_out_channels=(8, 8), num_encoder_blocks=(1, 1), num_decoder_blocks=(1, 1)), "1,3,H,W")  # fmt: skip
_add("diffusers unet 1d", _of("diffusers", "UNet1DModel", block_out_channels=(32, 32, 64), extra_in_channels=64),
     "1,2,T", "timestep=1:int64")  # fmt: skip
_add("diffusers conditioned", _of("diffusers", "UNet2DConditionModel", block_out_channels=(8, 16), layers_per_block=1,
     down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
     cross_attention_dim=32, norm_num_groups=4, attention_head_dim=4),
     "1,4,H,W", "1:int64", "encoder_hidden_states=1,T,32")  # fmt: skip
_add("diffusers dit", _of("diffusers", "DiTTransformer2DModel", num_attention_heads=2, attention_head_dim=8,
     in_channels=4, out_channels=4, num_layers=1, sample_size=32), "1,4,H,W", "timestep=1:int64",
     "class_labels=1:int64")  # fmt: skip
_add("diffusers oobleck", _of("diffusers", "AutoencoderOobleck", encoder_hidden_size=8, downsampling_ratios=[2, 4],
     channel_multiples=[1, 2], decoder_channels=8, decoder_input_channels=4, audio_channels=2), "1,2,T")  # fmt: skip
_add("diffusers unet 3d", _of("diffusers", "UNet3DConditionModel", block_out_channels=(8, 16), layers_per_block=1,
     down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"), up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
     cross_attention_dim=16, norm_num_groups=4, attention_head_dim=4),
     "1,4,F,H,W", "1:int64", "encoder_hidden_states=1,3,16")  # fmt: skip
