import torch
from torch import nn


def make_model():
    return nn.Sequential(
        nn.LazyConv2d(12, 3, padding=1), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(4),
        nn.Flatten(), nn.LazyLinear(24), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(3),
    )


def train(model, images, labels):
    model.train()
    model(images[:2])
    optimizer = torch.optim.Adam(model.parameters())
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()


def evaluate(model, images):
    model.eval()
    with torch.no_grad():
        print("prediction", model(images).argmax(1).tolist())


torch.manual_seed(0)
model = make_model()
train(model, torch.rand(8, 3, 32, 32), torch.randint(0, 3, (8,)))
evaluate(model, torch.rand(4, 3, 32, 32))
