"""The data: MNIST, and ways to corrupt an image."""
