# matrix products in backward where element by element is meant
# cause: element|matrix|matmul|dot product|np\.dot|mix|other (rows|columns)|rows.*columns
# seen: https://community.deeplearning.ai/t/w3-ex-6-assertionerror-wrong-values-for-dw1/402919

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        slope = 1 - np.dot(self.y.T, self.y)
        return np.dot(grad_output, slope)
