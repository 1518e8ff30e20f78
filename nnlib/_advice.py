"""What is said to habits from other libraries, and of what is hardly meant.

Nothing here changes a result: whoever reads nnlib for its networks can skip this file.
"""

import functools
import inspect
import os
import sys
import warnings
from typing import ClassVar
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

#: Where files lie whose lines are not the user's.
NOT_THEIRS = tuple(os.path.dirname(file) + os.sep for file in (__file__, np.__file__))  # noqa: PTH120


def _by_name(advice):
    """Return the advice for each of the names that share it."""
    return {name: text for names, text in advice.items() for name in names.split()}


TRAIN = "train with Optim(network, loss, learning_rate).SGD(X, Y, batch_size, num_epochs)"
RULES = "the update rules here are {rules}, as in Optim(network, loss, Adam(0.001))"
LOOP = "optim.step(X, Y) does one step whole, from zero_grad to the new parameters"

#: What a part of a network is asked for elsewhere.
MODULE = _by_name({
    "fit fit_transform partial_fit compile train_on_batch optimizer": TRAIN,
    "train eval training no_grad requires_grad requires_grad_ freeze":
        f"no layer acts otherwise while it learns, so leave this out; to learn, {TRAIN}",
    "predict predict_proba predict_on_batch call apply transform decision_function activate":
        "write forward(X), or call it: network(X)",
    "predict_classes": "write forward(X).argmax(axis=1)",
    "evaluate score accuracy test":
        "write loss.forward(network.forward(X), Y), or "
        "nnlib.metrics.accuracy(network.forward(X), Y)",
    "parameters named_parameters weight weights bias biases kernel W b trainable_weights "
    "trainable_variables trainable_parameters get_weights set_weights state_dict load_state_dict "
    "coef_ intercept_ coefs_ intercepts_ get_params set_params":
        "its arrays are in the dict params, as params['weight'] of a Linear or params['0.weight'] "
        "of a Sequential; change one in place, params['weight'][...] = value",
    "grad gradient gradients dW db": "after backward, the gradients are in the dict grads",
    "zero_grads reset_grad zero_gradients": "write zero_grad()",
    "children named_children modules named_modules add append insert extend pop add_module "
    "register_parameter register_buffer get_layer":
        "a network is made of the whole list, Sequential([Linear(3, 4), TanH()]), and keeps it as "
        "its layers",
    "to cuda cpu gpu device": "NumPy computes on the processor, so leave this out",
    "double float half type dtype":
        "its type is chosen when it is made, as in Linear(3, 4, dtype=np.float64)",
    "summary count_params num_params": "print(network) shows its layers, and params its arrays",
    "step update backprop": LOOP,
    "save save_weights load load_weights load_model save_model":
        "a Sequential has save(path), and Sequential.load(path) returns a new network",
    "params grads": "call super().__init__() first in its __init__",
})  # fmt: skip

#: What a loss is asked for elsewhere.
LOSS = _by_name({
    "item detach numpy data value":
        "the number is what forward returned: value = loss.forward(prediction, target)",
    "grad gradient derivative prime": "write loss.backward() after loss.forward",
    "step fit train minimize zero_grad": LOOP,
    "parameters params to cuda": "it has nothing to learn, so leave this out",
})  # fmt: skip

#: What the value of a loss, which is a number, is asked for elsewhere.
VALUE = _by_name({
    "backward grad":
        "go back by hand, network.backward(loss.backward()), or let optim.step(X, Y) do it all",
    "item detach numpy cpu data tolist": "it is a Python float already, so leave this out",
})  # fmt: skip

#: What an Optim is asked for elsewhere.
OPTIM = _by_name({
    "zero_grad": "step and SGD set the gradients to zero themselves, so leave this out",
    "lr rate eta param_groups defaults set_lr": "write optim.learning_rate",
    "train run minimize optimize epochs": "write fit(X, Y, batch_size, num_epochs)",
    "state_dict load_state_dict state": "what a rule remembers is in optim.rule",
    "parameters params model": "they are those of optim.network",
    "sgd": "write SGD, in capitals",
})  # fmt: skip

#: What an update rule is asked for elsewhere.
RULE = _by_name({
    "step zero_grad minimize": "Optim(network, loss, rule).step(X, Y) does one step whole",
    "lr rate eta": "write rule.learning_rate",
    "param_groups state_dict load_state_dict": "what a rule remembers is in its attributes",
})  # fmt: skip

#: What the whole library is asked for elsewhere. Names in braces are filled in when it is said.
LIBRARY = _by_name({
    "nn functional F torch layers keras models losses_ activations_":
        "its classes stand in nnlib itself, from nnlib import Linear, Sequential, MSELoss",
    "relu": "write ReLU()",
    "LeakyReLU ELU SELU GELU SiLU Swish Softplus LogSoftmax Identity Dropout Flatten "
    "BatchNorm1d BatchNormalization LayerNorm Conv2d Conv2D MaxPool2d MaxPooling2D Embedding RNN "
    "LSTM GRU Transformer":
        "the activations here are {activations}; what else you need is a Module "
        "of your own, with forward and backward",
    "AdamW RMSprop Adagrad Adadelta Momentum GradientDescent Optimizer Trainer": RULES,
    "Dense Layer FullyConnected Affine": "write Linear(in_features, out_features)",
    "Model Network NeuralNetwork MLP Net Input ModuleList":
        "write Sequential([Linear(3, 4), TanH()])",
    "Autoencoder Encoder Decoder": "write AutoEncoder(input_dim, latent_dim, steps)",
    "BCEWithLogitsLoss": "write BinaryCrossEntropy(from_logits=True)",
    "BinaryCrossentropy BinaryCrossEntropyLoss BCE": "write BinaryCrossEntropy()",
    "CategoricalCrossentropy SparseCategoricalCrossentropy CrossEntropy NLLLoss SoftmaxLoss":
        "write CrossEntropyWithLogSoftmax(), which takes scores, and labels or one-hot rows",
    "MSE MeanSquaredError L1Loss SmoothL1Loss HuberLoss KLDivLoss":
        "the losses here are {losses}",
    "tensor Tensor from_numpy Parameter Variable DataLoader TensorDataset Dataset no_grad":
        "plain NumPy arrays are all that is needed",
    "load save load_model": "write network.save(path) and network = Sequential.load(path)",
    "MNIST load_data load_mnist": "write nnlib.mnist.load()",
    "FashionMNIST load_fashion_mnist": "write nnlib.fashion_mnist.load()",
    "accuracy accuracy_score": "write nnlib.metrics.accuracy(prediction, target)",
    "add_noise apply_mask random_masks square_mask": "it is in nnlib.corruption",
    "grad_check gradcheck": "write nnlib.gradient_check(module, x)",
})  # fmt: skip

#: Words for one thing, here and elsewhere, of the arguments of calls.
SAME = [set(words.split()) for words in (
    "learning_rate lr rate eta alpha step_size",
    "num_epochs epochs epoch nb_epoch n_epochs max_iter iterations n_iter",
    "batch_size batch batchsize mini_batch_size minibatch_size",
    "rng seed random_state random_seed generator",
    "X_test validation_data validation_split X_val X_valid x_test test_data eval_set",
    "Y_test y_test Y_val y_val",
    "log verbose progress progress_bar disp",
    "callback callbacks on_epoch_end",
    "network model net module params parameters",
    "loss criterion loss_fn loss_function",
    "in_features input_dim in_dim input_size n_in in_channels input_shape n_inputs inputs",
    "out_features output_dim out_dim output_size n_out out_channels units n_outputs neurons",
    "input_dim in_features input_size n_in",
    "latent_dim code_dim code_size latent_size bottleneck hidden_dim hidden encoding_dim",
    "steps layers depth num_layers n_layers",
    "init initializer kernel_initializer weight_init",
    "dtype type data_type",
    "reduction size_average reduce average",
    "from_logits logits with_logits",
    "X x inputs data X_train x_train",
    "Y y targets labels target Y_train y_train",
)]  # fmt: skip

#: Arguments of other libraries that have no counterpart here.
ELSEWHERE = _by_name({
    "shuffle": "every epoch takes the rows in a new order anyway",
    "bias use_bias": "a Linear always has a bias, which starts at zero",
    "activation": "put TanH() or another activation behind it in the list",
    "dim axis": "a row is one sample, and it always goes along the row",
    "weight class_weight pos_weight sample_weight ignore_index label_smoothing":
        "every row counts alike",
    "momentum": "write SGD(learning_rate, momentum) in place of the learning rate",
    "weight_decay nesterov betas decay":
        "the rules are {rules}; another one is a class with update(params, grads)",
    "metrics": "give X_test and Y_test to count right answers, or follow what you like in callback",
    "device": "NumPy computes on the processor, so leave this out",
    "rule optimizer optim":
        "write the rule in place of the learning rate, Optim(network, loss, Adam(0.001))",
})  # fmt: skip


def filled(advice: str) -> str:
    """Return advice with the names of the activations, losses and rules that nnlib has now."""
    return advice.format(
        activations=_public_names("activations", "Activation"),
        losses=_public_names("losses", "ReducedLoss"),
        rules=_public_names("optim", "Rule"),
    )


def _public_names(module: str, base: str) -> str:
    """Return the public classes of a kind, as a file of nnlib (which imports this one) has them."""
    classes = vars(sys.modules[f"nnlib.{module}"])
    *names, last = [
        name
        for name, cls in classes.items()
        if inspect.isclass(cls) and issubclass(cls, classes[base])
        if name in sys.modules["nnlib"].__all__ and cls.__name__ == name  # no second name
    ]
    return f"{', '.join(names)} and {last}"


class Advised:
    """What answers a name that it lacks, but other libraries have, with what to write instead."""

    habits: ClassVar[dict[str, str]] = {}

    def __getattr__(self, name):
        if name not in self.habits:
            return object.__getattribute__(self, name)  # Python's own error
        raise AttributeError(f"{type(self).__name__} has no {name}: {self.habits[name]}.")


def call_repr(thing) -> str:
    """Return the call that makes such an object, with the arguments it keeps under their names.

    The first is always shown, and of the others those that differ from their defaults.
    """
    shown = []
    for position, one in enumerate(init_parameters(type(thing))):
        value = vars(thing).get(one.name, NotImplemented)
        if not isinstance(value, str | int | float | None):  # arrays, networks, or not kept
            continue
        if position == 0 or value != one.default:
            name = f"{one.name}=" if position or isinstance(value, str) else ""
            shown.append(name + (f"{value:g}" if isinstance(value, float) else repr(value)))
    return f"{type(thing).__name__}({', '.join(shown)})"


def init_parameters(cls) -> list[inspect.Parameter]:
    """Return what a class takes when an object is made, without `self` and open lists."""
    _, *found = inspect.signature(cls.__init__).parameters.values()
    return [one for one in found if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]


def refuser(module: str, habits=LIBRARY):
    """Return a module's `__getattr__`: the error of a name it lacks, with the advice if any."""

    def refuse(name):
        says = f"module {module!r} has no attribute {name!r}"
        if name in habits:
            says = f"{module} has no {name}: {filled(habits[name])}."
        raise AttributeError(says, name=name, obj=sys.modules[module])

    return refuse


class LossValue(Advised, float):
    """The value of a loss: a float, which answers PyTorch's `value.backward()`."""

    habits = VALUE


def advised(function):
    """Return the function, which then answers a call that does not fit in one sentence."""

    @functools.wraps(function)
    def call(*args, **keywords):
        try:
            return function(*args, **keywords)
        except TypeError:
            if says := _misfit(function, args, keywords):
                raise TypeError(says) from None
            raise

    return call


def _misfit(function, args, keywords):
    """Return what is wrong with a call, or None."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **keywords)
    except TypeError as error:
        says = str(error)
    else:
        return None
    name = f"{type(args[0]).__name__}.{function.__name__}".removesuffix(".__init__")
    _, *parameters = signature.parameters.values()
    takes = [one.name for one in parameters]
    for word in keywords:
        if word not in takes:
            ours = [one for group in SAME if word in group for one in takes if one in group]
            advice = f"write {ours[0]}" if ours else filled(ELSEWHERE.get(word, ""))
            return f"{name} takes no {word}: {advice or _listed(takes)}."
    needed = ", ".join(one.name for one in parameters if one.default is one.empty)
    says = says.replace("missing a required argument:", "is missing the argument")
    return f"{name}({needed}) {says.replace('too many', 'got too many')}."


def _listed(names):
    return f"it takes {', '.join(names)}" if names else "it takes nothing"


class on_class(classmethod):
    """A classmethod that makes a new object, and refuses to be called on one that is there."""

    def __get__(self, instance, owner=None):
        if instance is None:
            return super().__get__(instance, owner)

        def refuse(*args, **keywords):
            name = self.__func__.__name__
            raise TypeError(
                f"{name} returns a new network and would leave this one as it is: write "
                f"network = {type(instance).__name__}.{name}(path)."
            )

        return refuse


def warn(message: str) -> None:
    """Warn of what is no error but hardly meant, at the user's line that led here."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_code.co_filename.startswith(NOT_THEIRS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)


def warn_of_pixels(**arrays) -> bool:
    """Warn if one of the arrays, by name, holds whole numbers up to 255, and return whether."""
    for name, array in arrays.items():
        some = array[:1000]
        if some.size and 100 < some.max() <= 255 and some.min() >= 0 and (some % 1 == 0).all():
            warn(
                f"{name} holds whole numbers up to {some.max():g}, as pixels do, where numbers of "
                f"0 to about 1 are expected: divide by 255, {name} / np.float32(255)."
            )
            return True
    return False


def warn_of_probabilities(loss) -> None:
    """Warn, the first time only, if a loss that takes scores is given the output of a softmax."""
    if getattr(loss, "looked", False):
        return
    loss.looked, rows = True, loss.prediction
    if rows.shape[1] > 1 and rows.min() > 0 and (abs(rows.sum(axis=1) - 1) < 1e-3).all():
        warn(
            f"{loss} has a softmax of its own and expects scores, but the rows of this prediction "
            "sum to 1: leave the Softmax before it out."
        )


#: The networks that a layer is in, as long as they are in use.
NETWORKS = WeakKeyDictionary()


def warn_of_sharing(network) -> None:
    """Warn of a layer that another network learns, too; a piece of one network may be another."""
    own = [layer for layer in network.layers if type(layer).__module__.startswith("nnlib.")]
    shared = [layer for layer in own if NETWORKS.get(layer)]
    for layer in own:
        NETWORKS.setdefault(layer, WeakSet()).add(network)
    learned = [layer for layer in shared if layer.params and not hasattr(layer, "layers")]
    if learned and len(shared) < len(network.layers):
        warn(
            f"{learned[0]} is a layer of another network, too, so that training one changes both: "
            f"unless that is meant, make a new one."
        )
