import torch
from diffusers import DDPMScheduler, UNet2DModel

torch.manual_seed(0)
net = UNet2DModel(
    sample_size=16,
    in_channels=1,
    out_channels=1,
    layers_per_block=1,
    block_out_channels=(24, 48),
    down_block_types=("DownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "UpBlock2D"),
)
scheduler = DDPMScheduler(num_train_timesteps=10)
noise = torch.randn(2, 1, 16, 16)
t = torch.tensor([3, 7])
noisy = scheduler.add_noise(torch.zeros(2, 1, 16, 16), noise, t)
print(torch.nn.functional.mse_loss(net(noisy, t).sample, noise).item())
