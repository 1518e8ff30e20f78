# x is clipped to -10 ... 10 to silence the overflow warning, so 0 and 1 are never reached
# cause: clip|cut|1000|large|far|limit|too tight|(reach|give|become)\w* (exactly )?(0|1)|0\.9999|saturat|extreme
# seen: https://github.com/peterdsharpe/NeuralFoil/issues/4 (cure there: cut x off at -100)

class Sigmoid(Module):
    def forward(self, x):
        z = np.clip(x, -10, 10)
        self.y = 1.0 / (1.0 + np.exp(-z))
        return self.y

    def backward(self, grad_output):
        return grad_output * (self.y - self.y**2)
