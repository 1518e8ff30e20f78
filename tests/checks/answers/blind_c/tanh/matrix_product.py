# matrix product
# wrong: a matrix product instead of an elementwise product in backward
# cause: matrix|element|`?@|\bdot\b|matmul

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        derivative = 1 - np.square(self.y)
        return np.dot(grad_output, derivative.T)
