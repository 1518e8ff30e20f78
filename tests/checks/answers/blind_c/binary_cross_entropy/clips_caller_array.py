# clips the caller's array
# wrong: the prediction is clipped in place, so that the caller's array changes
# cause: (input|prediction|argument|caller).*(chang|overwr|modif|in place|writ|alter)|(chang|overwr|modif|in place|writ|alter).*(input|prediction|argument|caller)

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        prediction[prediction < 1e-6] = 1e-6
        prediction[prediction > 1 - 1e-6] = 1 - 1e-6
        self.p, self.y = prediction, target
        return float(-(target * np.log(prediction) + (1 - target) * np.log(1 - prediction)).mean())

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
