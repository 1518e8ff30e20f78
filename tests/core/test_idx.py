import gzip
import tracemalloc

import malformed_files as hostile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import randoms
from malformed_files import idx

from nnlib.datasets.idx import parse_idx, unpack

# Unpacking


def test_a_packed_file_is_unpacked(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"hello"))
    assert unpack(path) == b"hello"


@pytest.mark.parametrize("damage", ["cut", "checksum", "foreign"])
def test_a_damaged_packed_file_is_refused(tmp_path, damage):
    packed, path = gzip.compress(bytes(range(256))), tmp_path / "file.gz"
    damaged = {"cut": packed[:-9], "checksum": packed[:-5] + b"12345", "foreign": b"hello"}
    path.write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=r"file\.gz cannot be unpacked"):
        unpack(path)


def test_a_packed_file_damaged_in_the_middle_is_refused(tmp_path):
    packed, path = gzip.compress(bytes(range(256))), tmp_path / "file.gz"
    path.write_bytes(packed[:10] + b"\xff" * 20 + packed[30:])
    with pytest.raises(ValueError, match=r"file\.gz cannot be unpacked"):
        unpack(path)


def test_a_packed_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("nnlib.datasets.idx.MAX_UNPACKED_BYTES", 10_000)
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(bytes(10_000)))
    assert unpack(path) == bytes(10_000)
    path.write_bytes(gzip.compress(bytes(10_001)))
    with pytest.raises(ValueError, match="unpacks to more than 10000 bytes"):
        unpack(path)


def test_no_more_of_a_packed_bomb_is_unpacked_than_it_takes_to_know_it(tmp_path, monkeypatch):
    monkeypatch.setattr("nnlib.datasets.idx.MAX_UNPACKED_BYTES", 10_000)
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(bytes(30_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="unpacks to more than 10000 bytes"):
            unpack(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


# The IDX format


def test_what_has_no_name_is_called_the_file():
    with pytest.raises(ValueError, match=r"^the file is no IDX file"):
        parse_idx(b"")


def test_a_header_without_sizes_is_a_header():
    with pytest.raises(ValueError, match=r"claims shape \(\), but brings 0 bytes"):
        parse_idx(b"\0\0\x08\0")


def test_an_idx_file_by_hand():
    content = b"\0\0\x08\x02" + b"\0\0\0\x02" + b"\0\0\0\x03" + bytes([1, 2, 3, 4, 5, 255])
    np.testing.assert_array_equal(parse_idx(content), [[1, 2, 3], [4, 5, 255]])


@given(arrays(np.uint8, array_shapes(max_dims=4, max_side=4)))
def test_every_array_of_bytes_comes_back(array):
    np.testing.assert_array_equal(parse_idx(idx(array)), array)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is no IDX file of unsigned bytes"),
        (b"\0\0\x08", "is no IDX file"),
        (b"\0\x01\x08\x01\0\0\0\x01\0", "is no IDX file"),
        (b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0", "is no IDX file of unsigned bytes"),  # floats
        (b"\0\0\x08\x03\0\0\0\x01", "ends within its IDX header"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], r"claims shape \(2, 3\), but brings 5 bytes"),
        (idx(np.zeros((2, 3), np.uint8)) + b"\0", r"claims shape \(2, 3\), but brings 7 bytes"),
        (b"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff", "claims shape .* brings 0 bytes"),
        (b"\0\0\x08\x02\0\x01\0\0\0\x01\0\0", "claims shape"),  # 2**32 would be 0 in 32 bits
        # What NumPy refuses in words of its own: more sides than an array can have, an empty array
        # whose other sides are too long.
        (b"\0\0\x08\x41" + b"\0\0\0\x01" * 65 + b"a", r"claims shape \(1, 1, .*, which no array"),
        (b"\0\0\x08\x03" + b"\0" * 4 + b"\xff" * 8, r"claims shape \(0, 4\d+, 4\d+\), which no"),
    ],
)
def test_what_is_no_idx_file_is_refused(content, match):
    with pytest.raises(ValueError, match=f"data.idx {match}"):
        parse_idx(content, "data.idx")


@pytest.mark.parametrize(
    ("size", "match"), [(2**32 - 1, "but brings 1 bytes"), (1, "which no array can have")]
)
def test_a_message_quotes_a_long_shape_only_in_part(size, match):
    content = b"\0\0\x08\xff" + size.to_bytes(4, "big") * 255 + b"a"
    with pytest.raises(ValueError, match=rf"claims shape \({size}, .*, {match}") as told:
        parse_idx(content)
    assert len(str(told.value)) < 200


# Some hundred hostile files; tests/deep/fuzz.py tries some hundred thousand


@settings(max_examples=100)
@given(rng=randoms(use_true_random=False))
def test_a_changed_idx_file_is_read_rightly_or_refused(tmp_path_factory, rng):
    path = tmp_path_factory.mktemp("hostile") / "x"
    hostile.ask_idx(path, hostile.changed_idx(rng, rng.choice(hostile.real_idx())))


@settings(max_examples=100)
@given(rng=randoms(use_true_random=False))
def test_a_changed_packed_file_is_read_rightly_or_refused(tmp_path_factory, rng):
    path = tmp_path_factory.mktemp("hostile") / "x.gz"
    packed = gzip.compress(rng.choice(hostile.real_idx()), mtime=0)
    path.write_bytes(hostile.changed_gz(rng, packed))
    hostile.ask_gz(path)
