"""A network: modules one after the other. Floor 2."""

from nnlib import storage
from nnlib.activations import Sigmoid, Softmax, TanH
from nnlib.linear import Linear
from nnlib.module import Module
from nnlib.values import as_list, brief


class Sequential(Module):
    """Modules in a row: the output of each is the input of the next.

    Args:
        layers: the modules, first to last. Their parameters go by their positions: the weight of
            the first is `params["0.weight"]`.

    Raises:
        ValueError: no layers; two neighbours whose widths do not fit; the same object twice (it
            could keep only one of the two inputs that `backward` needs).
        TypeError: something in the list is no Module; layers of different dtypes.
    """

    def __init__(self, layers):
        super().__init__()
        self.layers = as_list(layers, "Sequential takes a list of Modules")
        self._check_chain()
        self._collect(enumerate(self.layers))
        if len(dtypes := {str(value.dtype) for value in self.params.values()}) > 1:
            raise TypeError(f"All layers must share one dtype, but these mix {sorted(dtypes)}.")

    def _collect(self, named_layers):
        """Expose the layers' own arrays, each under its layer's name, a dot, and its own."""
        self.params, self.grads = {}, {}
        for name, layer in named_layers:
            self.params |= {f"{name}.{key}": value for key, value in layer.params.items()}
            self.grads |= {f"{name}.{key}": value for key, value in layer.grads.items()}

    def _check_chain(self):
        if not self.layers:
            raise ValueError("Sequential needs at least one layer, but got none.")

        def named(position):  # only for errors: a file may nest very many layers
            return f"layer {position}, {self.layers[position]}"

        giver = None  # the last layer so far that fixes the number of columns
        seen = set()
        for position, layer in enumerate(self.layers):
            if not isinstance(layer, Module):
                raise TypeError(
                    f"Sequential takes Modules, but layer {position} is {brief(layer)}."
                )
            if id(layer) in seen:
                raise ValueError(
                    f"Sequential got the same object twice: {named(position)}; make a new one."
                )
            seen.add(id(layer))
            if layer.in_features is None:
                continue
            if giver is None:
                self.in_features = layer.in_features
            elif layer.in_features != self.out_features:
                raise ValueError(
                    f"Widths do not fit: {named(giver)}, gives {self.out_features} features, but "
                    f"{named(position)}, takes {layer.in_features}."
                )
            giver, self.out_features = position, layer.out_features

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
        storage.write(path, self.describe(), self.params, self.trained_with, dtype)

    @classmethod
    def load(cls, path):
        """Return the network in the file at `path`.

        Raises:
            StorageError: the file does not hold such a network, whole and readable.
            OSError: the file cannot be opened.
        """
        header, arrays = storage.read(path)
        with storage.explained(path):
            if (kind := header["network"]["kind"]) != cls.__name__:
                raise storage.StorageError(
                    f"{path} holds a network of kind {kind!r:.50}, not {cls.__name__!r}: load it "
                    f"with the class of that name."
                )
            network = cls.rebuild(header["network"], arrays)
            if network.describe() != header["network"] or network.params.keys() != arrays.keys():
                raise ValueError("its parameters are not those of the network it describes")
            for name, value in network.params.items():
                if value.shape != arrays[name].shape:
                    raise ValueError(f"{name} has shape {arrays[name].shape}, not {value.shape}")
                value[...] = arrays[name]
            network.trained_with = header["trained_with"]
        return network

    def describe(self) -> dict:
        """Return what a file tells of the network, parameters aside: kinds and sizes."""
        return {"kind": "Sequential", "layers": [_describe(layer) for layer in self.layers]}

    @classmethod
    def rebuild(cls, description, arrays, prefix=""):
        """Return a network of the kinds in `description`, sized by the `arrays` alone.

        A file may claim any size; room is made only for the weights that it really brings.
        """
        layers = []
        for position, layer in enumerate(description["layers"]):
            kind, name = layer["kind"], f"{prefix}{position}."
            if kind == "Sequential":
                layers.append(cls.rebuild(layer, arrays, name))
            elif kind == "Linear":
                weight = arrays[f"{name}weight"]
                layers.append(Linear(*weight.shape, init="zeros", dtype=weight.dtype))
            else:
                layers.append(LAYERS[kind]())
        return cls(layers)

    def __repr__(self):
        return f"Sequential([{', '.join(map(repr, self.layers))}])"


def _describe(layer: Module) -> dict:
    if type(layer) is Sequential:
        return layer.describe()
    if type(layer) not in LAYERS.values():
        raise storage.StorageError(f"Files know {', '.join(LAYERS)} and Sequential, not {layer}.")
    sizes = {"in_features": layer.in_features, "out_features": layer.out_features}
    return {"kind": type(layer).__name__} | (sizes if type(layer) is Linear else {})


LAYERS = {layer.__name__: layer for layer in (Linear, TanH, Sigmoid, Softmax)}
Sequentiel = Sequential  # the French name of the original report
