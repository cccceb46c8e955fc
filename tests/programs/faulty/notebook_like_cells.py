# %% data
import torch
from torch import nn

torch.manual_seed(0)
x_train = torch.rand(20, 1, 28, 28)
y_train = torch.randint(0, 10, (20,))

# %% model
model = nn.Sequential()
model.add_module("conv1", nn.Conv2d(1, 8, 3))
model.add_module("norm1", nn.GroupNorm(2, 8))
model.add_module("act1", nn.ReLU())
model.add_module("pool1", nn.MaxPool2d(2))
model.add_module("conv2", nn.Conv2d(8, 16, 3))
model.add_module("norm2", nn.GroupNorm(4, 16))
model.add_module("act2", nn.ReLU())
model.add_module("pool2", nn.MaxPool2d(2))
model.add_module("flatten", nn.Flatten())
model.add_module("fc", nn.Linear(16 * 6 * 6, 10))

# %% train
opt = torch.optim.Adam(model.parameters(), 1e-3)
for i in range(0, len(x_train), 5):
    out = model(x_train[i:i + 5])
    loss = nn.functional.cross_entropy(out, y_train[i:i + 5])
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
