# the slope is taken at grad_output, not at the input of forward
# cause: multipl|chain rule|slope.*(where|at|of)|derivative.*(where|at|of)|proportional|not linear|twice the gradient|y ?\* ?\(1|kept|keep
# seen: https://github.com/yizt/numpy_neural_network/issues/3

def logistic(z):
    return 1 / (1 + np.exp(-z))


class Sigmoid(Module):
    def forward(self, x):
        return logistic(x)

    def backward(self, grad_output):
        s = logistic(grad_output)
        return s * (1 - s)
