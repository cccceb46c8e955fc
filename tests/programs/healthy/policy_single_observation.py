"""Actor-critic: the actor is asked once for every step of the environment."""
import torch
from torch import nn

torch.manual_seed(0)


class Environment:
    def reset(self):
        self.t = 0
        return torch.zeros(6)

    def step(self, action):
        self.t += 1
        return torch.full((6,), 0.1 * self.t) + action.sum(), float(action.mean()), self.t >= 5


actor = nn.Sequential(nn.Linear(6, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 2), nn.Tanh())
environment = Environment()
observation, done, total = environment.reset(), False, 0.0
actor.eval()
while not done:
    with torch.no_grad():
        action = actor(observation.unsqueeze(0))
    observation, reward, done = environment.step(action[0])
    total += reward
print("return", round(total, 4))
