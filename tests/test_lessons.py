import numpy as np
import pytest

from nnlib import mnist
from nnlib.zoo import lessons, tables


@pytest.mark.parametrize("name", lessons.NETWORKS)
def test_the_networks_of_the_lessons_are_there_and_say_how_they_were_trained(name):
    network = lessons.load_network(name)
    settings = lessons.NETWORKS[name]
    assert all(getattr(network, name) == settings[name] for name in ("latent_dim", "steps", "code"))
    assert network.trained_with == {
        "loss": "MSELoss(reduction='batchmean')",
        "learning_rate": lessons.LEARNING_RATE,
        "batch_size": lessons.BATCH_SIZE,
        "epochs": lessons.EPOCHS,
    }


def test_the_table_of_initial_weights_holds_every_seed_and_epoch_once():
    rows = tables.read(tables.results("initial_weights"))
    keys = [(row["code"], row["init"], row["seed"], row["epoch"]) for row in rows]
    expected = {
        (start["code"], start["init"], start["seed"], epoch)
        for start in lessons.STARTS
        for epoch in range(1, lessons.EPOCHS + 1)
    }
    assert len(keys) == len(expected)
    assert set(keys) == expected
    assert {errors.shape for errors in lessons.load_starts().values()} == {(5, lessons.EPOCHS)}


def test_all_is_trained_and_written(tmp_path, monkeypatch, rng):
    images = rng.uniform(size=(24, 784)).astype(np.float32)
    small = mnist.MNIST(images[:16], np.zeros(16, int), images[16:], np.zeros(8, int))
    for folder in ("networks", "results"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    monkeypatch.setattr(lessons, "load", lambda: small)
    monkeypatch.setattr(lessons, "STARTS", lessons.STARTS[:2])

    lessons.main(processes=1)
    assert lessons.load_network("code-2").latent_dim == 2
    errors = lessons.load_starts()["tanh", "tanh"]
    assert errors.shape == (2, lessons.EPOCHS)
    again = lessons.train(**lessons.STARTS[0])[1]
    np.testing.assert_allclose(errors[0], again, atol=1e-6)
