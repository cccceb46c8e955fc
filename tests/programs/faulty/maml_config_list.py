"""MAML with a functional learner described by a list, after a popular repository (first order, one inner step)."""
import torch
import torch.nn.functional as F
from torch import nn

CONFIG = [
    ("conv2d", [32, 1, 3, 3, 2, 0]),
    ("relu", []),
    ("bn", [32]),
    ("conv2d", [64, 32, 3, 3, 2, 0]),
    ("relu", []),
    ("bn", [32]),  # 32 channels again
    ("conv2d", [64, 64, 2, 2, 1, 0]),
    ("relu", []),
    ("bn", [64]),
    ("mean", []),
    ("linear", [5, 64]),
]


class Learner(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.vars = nn.ParameterList()
        self.vars_bn = nn.ParameterList()
        for name, param in config:
            if name == "conv2d":
                weight = nn.Parameter(torch.ones(*param[:4]))
                nn.init.kaiming_normal_(weight)
                self.vars.extend([weight, nn.Parameter(torch.zeros(param[0]))])
            elif name == "linear":
                weight = nn.Parameter(torch.ones(*param))
                nn.init.kaiming_normal_(weight)
                self.vars.extend([weight, nn.Parameter(torch.zeros(param[0]))])
            elif name == "bn":
                self.vars.extend([nn.Parameter(torch.ones(param[0])), nn.Parameter(torch.zeros(param[0]))])
                mean = nn.Parameter(torch.zeros(param[0]), requires_grad=False)
                var = nn.Parameter(torch.ones(param[0]), requires_grad=False)
                self.vars_bn.extend([mean, var])

    def forward(self, x, vars=None, bn_training=True):
        vars = list(self.vars) if vars is None else vars
        idx, bn_idx = 0, 0
        for name, param in self.config:
            if name == "conv2d":
                x = F.conv2d(x, vars[idx], vars[idx + 1], stride=param[4], padding=param[5])
                idx += 2
            elif name == "linear":
                x = F.linear(x, vars[idx], vars[idx + 1])
                idx += 2
            elif name == "bn":
                mean, var = self.vars_bn[bn_idx], self.vars_bn[bn_idx + 1]
                x = F.batch_norm(x, mean, var, weight=vars[idx], bias=vars[idx + 1], training=bn_training)
                idx += 2
                bn_idx += 2
            elif name == "relu":
                x = F.relu(x)
            elif name == "mean":
                x = x.mean(dim=(2, 3))
        return x


def meta_step(net, optimizer, tasks, inner_lr=0.1):
    total = 0.0
    for x_support, y_support, x_query, y_query in tasks:
        loss = F.cross_entropy(net(x_support), y_support)
        grads = torch.autograd.grad(loss, list(net.vars))
        fast = [p - inner_lr * g for p, g in zip(net.vars, grads)]
        total = total + F.cross_entropy(net(x_query, fast), y_query)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return total.item() / len(tasks)


if __name__ == "__main__":
    torch.manual_seed(222)
    learner = Learner(CONFIG)
    adam = torch.optim.Adam(learner.vars, lr=1e-3)
    y = torch.arange(5)
    tasks = [(torch.rand(5, 1, 28, 28), y, torch.rand(5, 1, 28, 28), y) for _ in range(2)]
    for step in range(2):
        print("step", step, "loss", meta_step(learner, adam, tasks))
