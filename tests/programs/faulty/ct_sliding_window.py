import torch
from monai.inferers import sliding_window_inference
from monai.networks.nets import UNet

torch.manual_seed(0)
network = UNet(
    spatial_dims=2,
    in_channels=1,
    out_channels=2,
    channels=(8, 16, 32),
    strides=(2, 2),
    norm="instance",
)
network.eval()
slope = torch.linspace(0, 3, 96).expand(1, 1, 96, 96) + 0.1 * torch.randn(1, 1, 96, 96)
with torch.inference_mode():
    logits = sliding_window_inference(slope, roi_size=(32, 32), sw_batch_size=4, predictor=network, overlap=0.25)
print(logits.shape)
