"""What a refused file is told, word for word, and where the line lies between it and a good one."""

import json
import re

import numpy as np
import pytest

from nnlib import Linear, Sequential
from nnlib import _storage as storage
from nnlib._storage import StorageError


@pytest.fixture
def saved(tmp_path):
    """The path of a small network as text, and a function that changes its content."""
    path = tmp_path / "network.json"
    Sequential([Linear(1, 2, init="zeros")]).save(path)

    def change(**parts):
        path.write_text(json.dumps(json.loads(path.read_text()) | parts))

    return path, change


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"format": "other"}, "format 'other'"),
        ({"version": 0}, "format version 0"),
        ({"version": "1"}, "format version '1'"),
        ({"dtype": "int8"}, "dtype 'int8'"),
    ],
)
def test_what_does_not_fit_is_quoted(saved, part, says):
    path, change = saved
    change(**part)
    with pytest.raises(StorageError, match=rf"network\.json is damaged .*\({re.escape(says)}\)\.$"):
        Sequential.load(path)


def test_whole_numbers_and_others_may_stand_side_by_side(saved):
    path, change = saved
    change(parameters={"0.weight": [[1, 0.5]], "0.bias": [0, 2]})
    loaded = Sequential.load(path).params
    np.testing.assert_array_equal(loaded["0.weight"], [[1, 0.5]])
    np.testing.assert_array_equal(loaded["0.bias"], [0, 2])


def test_a_file_of_the_largest_size_is_read_and_no_larger_one(saved, monkeypatch):
    path, _ = saved
    size = path.stat().st_size
    monkeypatch.setitem(storage.MAX_FILE_BYTES, ".json", size)
    Sequential.load(path)
    monkeypatch.setitem(storage.MAX_FILE_BYTES, ".json", size - 1)
    with pytest.raises(StorageError, match=f"{size} bytes are more than the {size - 1}"):
        Sequential.load(path)


def test_text_is_set_in_by_one_space_a_level(saved):
    path, _ = saved
    lines = path.read_text().splitlines()
    assert lines[1] == f' "format": "{storage.FORMAT}",'
    assert '  "kind": "Sequential",' in lines
