# keeps x and takes tanh anew

class TanH(Module):
    def forward(self, x):
        self.x = np.array(x, copy=True)
        out = np.empty_like(self.x, dtype=float)
        for i in range(len(out)):
            out[i] = np.tanh(self.x[i])
        return out

    def backward(self, grad_output):
        result = np.tanh(self.x)
        result *= -result
        result += 1
        result *= grad_output
        return result
