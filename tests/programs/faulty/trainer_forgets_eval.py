import torch
from torch import nn


class Trainer:
    def __init__(self, model, lr=1e-2):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.loss = nn.MSELoss()

    def fit(self, batches, held_out, epochs):
        for epoch in range(epochs):
            self.model.train()
            for x, y in batches:
                loss = self.loss(self.model(x), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            print(f"epoch {epoch}: {self.error(held_out):.3f}")

    def error(self, held_out):
        errors = []
        for x, y in held_out:
            prediction = self.model(x).detach()
            errors.append((prediction - y).abs().mean().item())
        return sum(errors) / len(errors)


torch.manual_seed(1)
x = torch.randn(60, 6) * 3 + 1
y = (x[:, :2] ** 2).sum(1, keepdim=True)
batches = list(zip(x[:40].split(10), y[:40].split(10)))
held_out = list(zip(x[40:].split(5), y[40:].split(5)))
model = nn.Sequential(nn.Linear(6, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
Trainer(model).fit(batches, held_out, epochs=4)
