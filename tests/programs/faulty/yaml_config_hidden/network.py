from torch import nn


class Perceptron(nn.Module):
    def __init__(self, config):
        super().__init__()
        layers, width = [], config["inputs"]
        for hidden in config["hidden"]:
            layers += [nn.Linear(width, hidden), nn.BatchNorm1d(hidden), nn.ReLU()]
            width = hidden
        self.trunk = nn.Sequential(*layers)
        self.heads = nn.ModuleList()
        for classes in config["classes"]:
            self.heads.append(nn.Linear(config["hidden"][-2], classes))

    def forward(self, x):
        code = self.trunk(x)
        return [head(code) for head in self.heads]
