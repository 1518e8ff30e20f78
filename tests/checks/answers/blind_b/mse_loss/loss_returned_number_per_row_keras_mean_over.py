# the loss is returned as one number per row (Keras: mean over axis=-1)
# cause: one number|single number|scalar|per row|each row|float|axis|number|array|shape
# seen: own experience (habit from keras.losses.mean_squared_error, https://keras.io/api/losses/regression_losses/)

class MSELoss(Loss):
    def forward(self, prediction, target):
        if np.shape(prediction) != np.shape(target):
            raise ValueError("the shapes of prediction and target differ")
        self.delta = prediction - target
        return np.mean(np.square(self.delta), axis=-1)

    def backward(self):
        return 2 * self.delta / self.delta.size
