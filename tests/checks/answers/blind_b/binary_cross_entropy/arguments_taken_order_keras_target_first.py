# the arguments are taken in the order of Keras, target first
# cause: order|swap|first|argument|prediction and target|mixed up|exchang|interchang|Keras|wrong way round
# seen: https://github.com/y0ast/Variational-Autoencoder/issues/8 and https://github.com/keras-team/keras/issues/8013

class BinaryCrossEntropy(Loss):
    def forward(self, y_true, y_pred):
        if y_true.shape != y_pred.shape:
            raise ValueError("shapes differ")
        self.y_true = y_true
        self.y_pred = np.clip(y_pred.astype(float), 1e-12, 1 - 1e-12)
        bce = self.y_true * np.log(self.y_pred) + (1 - self.y_true) * np.log(1 - self.y_pred)
        return float(-np.mean(bce))

    def backward(self):
        slope = (1 - self.y_true) / (1 - self.y_pred) - self.y_true / self.y_pred
        return slope / slope.size
