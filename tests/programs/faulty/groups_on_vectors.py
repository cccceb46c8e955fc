import torch
import torch.nn as nn
import torch.nn.functional as F


class QNetwork(nn.Module):
    """Dueling head for CartPole-like observations."""

    def __init__(self, obs=4, hidden=64, actions=2):
        super().__init__()
        self.fc1 = nn.Linear(obs, hidden)
        self.gn1 = nn.GroupNorm(hidden, hidden)
        self.value = nn.Linear(hidden, 1)
        self.advantage = nn.Linear(hidden, actions)

    def forward(self, obs):
        h = F.relu(self.gn1(self.fc1(obs)))
        a = self.advantage(h)
        return self.value(h) + a - a.mean(1, keepdim=True)


class Replay:
    def __init__(self, size=500):
        self.obs = torch.randn(size, 4)
        self.next = self.obs + 0.1 * torch.randn(size, 4)
        self.action = torch.randint(0, 2, (size, 1))
        self.reward = self.obs[:, :1].sign()

    def sample(self, n):
        i = torch.randint(0, len(self.obs), (n,))
        return self.obs[i], self.action[i], self.reward[i], self.next[i]


def learn(online, target, replay, steps=40, gamma=0.9):
    opt = torch.optim.Adam(online.parameters(), 1e-3)
    for step in range(steps):
        obs, action, reward, following = replay.sample(32)
        with torch.no_grad():
            goal = reward + gamma * target(following).amax(1, keepdim=True)
        loss = F.smooth_l1_loss(online(obs).gather(1, action), goal)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 10 == 0:
            target.load_state_dict(online.state_dict())
    return loss.item()


torch.manual_seed(0)
print(learn(QNetwork(), QNetwork(), Replay()))
