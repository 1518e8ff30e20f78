# weight is stored as (out, in), as PyTorch does, and transposed in forward
# cause: transpos|shape|\(in(puts|_features)?, ?out|PyTorch|turned round|wrong way round|\.T\b
# seen: own experience (habit from torch.nn.Linear, https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html)

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2.0 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (out_features, in_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((out_features, in_features))
        self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"].T + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += grad_output.T @ self.x
        self.grads["bias"] += grad_output.sum(0)
        return grad_output @ self.params["weight"]
