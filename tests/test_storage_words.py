"""What a refused file is told, word for word, and where the line lies between it and a good one."""

import json
import re
import warnings
import zipfile

import numpy as np
import pytest

from nnlib import Linear, Sequential, storage
from nnlib.storage import StorageError


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
    monkeypatch.setitem(storage.LARGEST, ".json", size)
    Sequential.load(path)
    monkeypatch.setitem(storage.LARGEST, ".json", size - 1)
    with pytest.raises(StorageError, match=f"{size} bytes are more than the {size - 1}"):
        Sequential.load(path)


def test_text_is_set_in_by_one_space_a_level(saved):
    path, _ = saved
    lines = path.read_text().splitlines()
    assert lines[1] == f' "format": "{storage.FORMAT}",'
    assert '  "kind": "Sequential",' in lines


def test_numbers_too_large_for_float16_are_told_by_one_error_and_no_warning(tmp_path):
    network = Sequential([Linear(1, 1, init="zeros")])
    network.params["0.weight"][...] = 70_000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(StorageError, match="not finite as float16"):
            network.save(tmp_path / "network.npz", dtype="float16")


def test_the_types_that_files_know_are_listed(tmp_path):
    with pytest.raises(StorageError, match=r"can hold float16, float32, float64, but not int8\.$"):
        Sequential([Linear(1, 1)]).save(tmp_path / "network.npz", dtype="int8")


def packed(path, change):
    """Pack the members of a compact file anew, as `change` gives them back."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")  # of two members with one name
        for name, content in change(members):
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda members: [*members, members[-1]], "two of its members have the same name"),
        (
            lambda members: [(name, content.replace(b"<f4", b"<i4")) for name, content in members],
            "an array is not of the form that NumPy gives to rows of floats",
        ),
    ],
)
def test_a_compact_file_that_is_not_of_the_form_is_told_so(tmp_path, change, says):
    path = tmp_path / "network.npz"
    Sequential([Linear(1, 2, init="zeros")]).save(path)
    packed(path, change)
    with pytest.raises(StorageError, match=rf"\({says}\)\.$"):
        Sequential.load(path)
