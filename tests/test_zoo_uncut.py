import numpy as np
import pytest

from nnlib.zoo import evaluate, sweep, tables, uncut
from nnlib.zoo.claims import Error


def test_uncut_noise_is_the_same_noise_and_leaves_the_range(rng):
    X = rng.uniform(size=(4, 784)).astype(np.float32)
    (cut, _), (left, mask) = (evaluate.spoil(X, kind, 0.6) for kind in ("noise", "uncut"))
    assert left.min() < 0
    assert left.max() > 1
    assert (left.clip(0, 1) == cut).all()
    assert not mask.any()


def test_networks_are_measured_and_found_in_the_table(tmp_path, monkeypatch):
    mnist = sweep.data()
    monkeypatch.setattr(uncut, "data", lambda: mnist)
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "results").mkdir()
    member = uncut.MEMBERS[0]
    network = member.setting.new_network(0)
    file = sweep.checkpoint(tmp_path, 0, member)
    file.parent.mkdir()
    network.save(file)
    uncut.main([0], tmp_path, members=[member], processes=1, images=20)
    rows = tables.read(tables.results("uncut"))
    assert [row["level"] for row in rows] == list(uncut.LEVELS)
    for name in ("noise", "masks", "baselines"):
        tables.write(tables.results(name), [row | {"method": "none"} for row in rows[:1]])
    found = tables.Errors()(Error(member, "uncut", 0.6), "mse")
    noisy, _ = evaluate.spoil(mnist.X_test[:20], "uncut", 0.6)
    assert found[0] == pytest.approx(
        np.mean((network.forward(noisy) - mnist.X_test[:20]) ** 2), rel=1e-4
    )
