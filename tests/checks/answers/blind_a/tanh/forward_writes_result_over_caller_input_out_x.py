# forward writes its result over the caller's input (out=x)
# cause: in.place|input.*(chang|overwrit|modif|alter)|(chang|overwrit|modif|alter).*(input|x\b|argument|handed)|caller|copy
# seen: https://github.com/JuliaGPU/CUDA.jl/issues/592 (an activation that updates its argument)

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x, out=x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y * self.y)
