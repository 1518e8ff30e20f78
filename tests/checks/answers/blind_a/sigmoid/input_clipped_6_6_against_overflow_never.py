# input clipped to -6...6 against overflow: never comes near 0 or 1
# cause: clip|1000|large|too (tight|narrow|early|small)|exactly|0 and 1|\bcut|satur
# seen: https://github.com/nextgis/qgis_molusce/pull/57 (truncated x against overflow)

class Sigmoid(Module):
    def forward(self, x):
        z = np.clip(x, -6, 6)
        self.y = 1 / (1 + np.exp(-z))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
