"""Inference over a whole CT volume, not over patches."""
import torch
from monai.networks.nets import BasicUNet, UNet


def load_case():
    ct = torch.rand(1, 1, 64, 64, 48)
    return (ct - ct.mean()) / ct.std()


torch.manual_seed(0)
model = UNet(3, 1, 3, channels=(4, 8, 16, 32, 64), strides=(2, 2, 2, 2), num_res_units=0, norm="batch")
model.eval()
ct = load_case()
with torch.no_grad():
    logits = model(ct)
print("classes", logits.argmax(1).unique().tolist())
