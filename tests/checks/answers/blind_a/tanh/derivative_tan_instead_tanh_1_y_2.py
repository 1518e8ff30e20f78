# derivative of tan instead of tanh: 1 + y**2
# cause: 1 ?[-−] ?(self\.)?y|minus|sign|tangent\b|\btan\b|plus
# seen: https://github.com/gy910210/neural-network-from-scratch/issues/2

class TanH(Module):
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad_output):
        return (1.0 + np.square(self.out)) * grad_output
