"""A network: modules one after the other."""

from nnlib import _storage
from nnlib._advice import advised, on_class, warn_of_sharing
from nnlib._validation import check_chain, check_iterable
from nnlib.activations import Activation
from nnlib.linear import Linear
from nnlib.module import Module


class Sequential(Module):
    """Modules in a row: the output of each is the input of the next.

    Args:
        layers: the modules, first to last, as a list or one by one. Their parameters go by their
            positions: the weight of the first is `params["0.weight"]`.

    Raises:
        ValueError: no layers; two neighbors whose widths do not fit; the same object twice (it
            could keep only one of the two inputs that `backward` needs).
        TypeError: something in the list is no Module; layers of different dtypes.
    """

    @advised
    def __init__(self, layers, *more):
        super().__init__()
        one_by_one = more or isinstance(layers, Module)
        layers = [layers, *more] if one_by_one else layers
        self.layers = check_iterable(layers, "Sequential takes a list of Modules")
        self.in_features, self.out_features = check_chain(self.layers, Module)
        warn_of_sharing(self)
        self._collect(enumerate(self.layers))
        if len(dtypes := {str(value.dtype) for value in self.params.values()}) > 1:
            raise TypeError(f"All layers must share one dtype, but these mix {sorted(dtypes)}.")

    def _collect(self, named_layers):
        """Expose the layers' own arrays, each under its layer's name, a dot, and its own."""
        self.params, self.grads = {}, {}
        for name, layer in named_layers:
            self.params |= {f"{name}.{key}": value for key, value in layer.params.items()}
            self.grads |= {f"{name}.{key}": value for key, value in layer.grads.items()}

    def __getitem__(self, position):
        return self.layers[position]

    def forward(self, x):
        """Return the output of the last layer, (n, out_features), for `x`, (n, in_features)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        """Return the gradient with respect to the input; each layer adds to its own `grads`.

        This is the chain rule: every layer is handed the gradient of the loss with respect to its
        output, and hands on the gradient with respect to its input.
        """
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output

    def save(self, path, dtype=None):
        """Write the network to `path`: text if it ends in .json, compact if it ends in .npz.

        Args:
            dtype: the type stored; None keeps the parameters exact, "float16" halves an .npz.

        Raises:
            StorageError: another suffix; a layer, numbers or settings that files cannot hold.
            OSError: the file cannot be written; what was there before is untouched.
        """
        _storage.save(path, self, dtype)

    @on_class
    def load(cls, path):
        """Return the network in the file at `path`.

        Raises:
            StorageError: the file does not hold such a network, whole and readable.
            OSError: the file cannot be opened.
        """
        return _storage.load(path, cls)

    def __repr__(self):
        return f"Sequential([{', '.join(map(repr, self.layers))}])"


def parts(module: Module) -> list[Module]:
    """Return a module and all that it is made of, in the order of `forward`."""
    found, ahead = [], [module]
    while ahead:
        found.append(ahead.pop())
        if isinstance(found[-1], Sequential):
            ahead += reversed(found[-1].layers)
    return found


_storage.KINDS |= {kind.__name__: kind for kind in (Linear, *Activation.__subclasses__())}
_storage.KINDS["Sequential"] = Sequential
Sequential.fusible = True
Sequentiel = Sequential  # the French name of the original report
