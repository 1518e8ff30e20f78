"""What `fit` does besides its steps, which test_optim.py and test_fused.py look at."""

import warnings

import numpy as np
import pytest

from nnlib import Adam, Linear, MSELoss, Optim
from nnlib.train import History, fit

X, Y = np.ones((6, 3), np.float32), np.zeros((6, 2), np.float32)


def trained(rule, X=X, Y=Y, **how):
    network = Linear(3, 2, rng=0)
    return network, fit(Optim(network, MSELoss(), rule), X, Y, 2, 3, rng=0, **how)


def test_a_history_comes_without_a_bar(capsys):
    _, history = trained(0.1)
    assert isinstance(history, History)
    assert len(history.losses) == 3
    assert history.accuracies == []
    assert capsys.readouterr() == ("", "")


def test_a_network_knows_how_it_was_trained():
    known = {"loss": "MSELoss(reduction='mean')", "batch_size": 2, "epochs": 3}
    assert trained(0.1)[0].trained_with == known | {"learning_rate": 0.1}
    adam, _ = trained(Adam(0.1, beta1=0.5))
    assert adam.trained_with == known | {
        "learning_rate": 0.1,
        "optimizer": "Adam(0.1, beta1=0.5)",
    }


def test_who_was_warned_before_is_not_warned_after():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        trained(1e-7, X=255 * X)
    assert [str(one.message).partition(" holds")[0] for one in told] == ["X"]


def test_who_was_not_warned_before_may_be_warned_after():
    with pytest.warns(UserWarning, match="the same answer for every row would cost only"):
        trained(1e-7, Y=np.tile([[5, 5], [5, 6]], (3, 1)))


def test_an_error_of_a_batch_is_told_with_all_rows():
    with pytest.raises(ValueError, match=r"prediction's shape \(6, 2\), but got \(6, 5\)"):
        trained(0.1, Y=np.zeros((6, 5)))
