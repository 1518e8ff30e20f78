import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnlib import mnist
from nnlib.experiments import pretrained, results


@pytest.mark.parametrize("name", pretrained.NETWORKS)
def test_the_networks_of_the_lessons_are_there_and_say_how_they_were_trained(name):
    network = pretrained.load_network(name)
    settings = pretrained.NETWORKS[name]
    assert all(getattr(network, name) == settings[name] for name in ("latent_dim", "steps", "code"))
    assert network.trained_with == {
        "loss": "MSELoss(reduction='batchmean')",
        "learning_rate": pretrained.LEARNING_RATE,
        "batch_size": pretrained.BATCH_SIZE,
        "epochs": pretrained.EPOCHS,
    }


def test_the_table_of_initial_weights_holds_every_seed_and_epoch_once():
    rows = results.read(results.path("initial_weights"))
    keys = [(row["code"], row["init"], row["seed"], row["epoch"]) for row in rows]
    expected = {
        (start["code"], start["init"], start["seed"], epoch)
        for start in pretrained.INIT_RUNS
        for epoch in range(1, pretrained.EPOCHS + 1)
    }
    assert len(keys) == len(expected)
    assert set(keys) == expected
    assert {errors.shape for errors in pretrained.load_init_comparison().values()} == {
        (5, pretrained.EPOCHS)
    }


def test_all_is_trained_and_written(tmp_path, monkeypatch, rng):
    images = rng.uniform(size=(24, 784)).astype(np.float32)
    small = mnist.Split(images[:16], np.zeros(16, int), images[16:], np.zeros(8, int))
    for folder in ("networks", "results"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    monkeypatch.setattr(pretrained, "load", lambda: small)
    monkeypatch.setattr(pretrained, "INIT_RUNS", pretrained.INIT_RUNS[:2])

    pretrained.pretrain(tmp_path, processes=1)
    with monkeypatch.context() as patch:  # what is there is not trained again
        patch.setattr(pretrained, "train_autoencoder", None)
        patch.setattr(pretrained, "train_classifier", None)
        pretrained.pretrain(tmp_path, processes=1)
    assert pretrained.load_network("code-2").latent_dim == 2
    errors = pretrained.load_init_comparison()["tanh", "tanh"]
    assert errors.shape == (2, pretrained.EPOCHS)
    with threadpool_limits(1):  # as in a job
        again = pretrained.train_autoencoder(**pretrained.INIT_RUNS[0])[1]
    np.testing.assert_allclose(errors[0], again, atol=1e-6)
