import pytest

from nnlib.experiments import grid
from nnlib.experiments.grid import CHECKPOINTS, CONFIGS, Checkpoint, Config


def test_there_are_84_networks_of_24_trainings_and_840_epochs():
    assert len(CONFIGS) == len(set(CONFIGS)) == 24
    assert len(CHECKPOINTS) == len({checkpoint.name for checkpoint in CHECKPOINTS}) == 84
    assert sum(max(grid.EPOCHS[config.loss]) for config in CONFIGS) == 840


def test_each_checkpoint_follows_one_that_is_there():
    for checkpoint in CHECKPOINTS:
        assert checkpoint.previous in [None, *CHECKPOINTS]
        assert (checkpoint.previous is None) == (checkpoint.epochs == 10)


def test_the_seed_decides_the_first_weights():
    config = Config("mse", 32, 16, 2)
    first, again, other = (config.new_network(seed).params for seed in (0, 0, 1))
    assert all((first[name] == again[name]).all() for name in first)
    assert (first["encoder.0.weight"] != other["encoder.0.weight"]).any()


@pytest.mark.parametrize(
    ("wrong", "choices"),
    [
        ({"loss": "MSE"}, r"loss='MSE'; choose from \('mse', 'bce'\)"),
        ({"epochs": 30}, r"epochs=30; choose from \(10, 20\)"),
        ({"batch_size": 128}, r"batch_size=128; choose from \(32, 64\)"),
        ({"latent_dim": 8}, r"latent_dim=8; choose from \(16, 32\)"),
        ({"steps": 16}, r"steps=16; choose from \(2, 4, 8\)"),
    ],
)
def test_a_network_that_is_not_there_is_named_with_those_that_are(wrong, choices):
    right = {"loss": "mse", "epochs": 20, "batch_size": 32, "latent_dim": 16, "steps": 4}
    with pytest.raises(ValueError, match=f"The zoo has no {choices}"):
        grid.load(**right | wrong)


def test_a_network_is_loaded_from_the_file_of_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "networks").mkdir()
    checkpoint = Checkpoint(Config("bce", 64, 32, 2), 40)
    network = checkpoint.config.new_network(3)
    network.save(tmp_path / "networks" / "bce-epochs-40-batch-64-code-32-steps-2.npz")
    loaded = grid.load(loss="bce", epochs=40, batch_size=64, latent_dim=32, steps=2)
    assert all((loaded.params[name] == value).all() for name, value in network.params.items())
