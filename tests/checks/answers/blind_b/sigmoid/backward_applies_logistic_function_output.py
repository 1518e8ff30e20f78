# backward applies the logistic function to the output once more
# cause: twice|once more|again|already|y ?\*? ?\(1 ?- ?y\)|second|of the output
# seen: forum thread of 2018-10-26 'Debugging BP Algorithm for XOR Problem' (in https://huggingface.co/datasets/nvidia/Nemotron-CC-Math-v1): sigmoid(pred_y) * (1 - sigmoid(pred_y))

class Sigmoid(Module):
    @staticmethod
    def sigma(z):
        return 1 / (1 + np.exp(-z))

    def forward(self, x):
        self.y = self.sigma(x)
        return self.y

    def backward(self, grad_output):
        return grad_output * self.sigma(self.y) * (1 - self.sigma(self.y))
