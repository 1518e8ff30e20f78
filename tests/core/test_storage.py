import contextlib
import errno
import functools
import io
import json
import os
import re
import secrets
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from pathlib import Path

import malformed_files as hostile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers, lists, randoms

from nnlib import AutoEncoder, Linear, Module, Sequential, Sigmoid, Softmax, TanH
from nnlib import _storage as storage
from nnlib._storage import StorageError

both_formats = pytest.mark.parametrize("suffix", [".json", ".npz"])


def small_network(seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    half = Sequential([Linear(3, 5, rng=rng, dtype=dtype), TanH()])
    return Sequential([half, Linear(5, 2, rng=rng, dtype=dtype), Sigmoid(), Softmax()])


def assert_same_network(one, other):
    assert repr(one) == repr(other)
    assert list(one.params) == list(other.params)
    for name, value in one.params.items():
        np.testing.assert_array_equal(value, other.params[name])
        assert value.dtype == other.params[name].dtype


def refused(path, match="", load=Sequential.load):
    """Assert that `path` is refused in one short sentence that names it, and nothing else done."""
    before = path.read_bytes()
    network, told = hostile.answer(path, load, StorageError)
    assert network is None
    assert re.search(match, told), told
    assert path.read_bytes() == before
    return told


def peak_of_refusing(path, match, load=Sequential.load):
    """Return the most bytes that were in use while a file was refused."""
    tracemalloc.start()
    try:
        refused(path, match, load)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# What goes in comes out


@both_formats
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_saved_network_comes_back_exactly(tmp_path, suffix, dtype, rng):
    network, path = small_network(dtype=dtype), tmp_path / f"network{suffix}"
    network.save(path)
    loaded = Sequential.load(path)
    assert_same_network(loaded, network)
    x = rng.normal(size=(4, 3))
    np.testing.assert_array_equal(loaded.forward(x), network.forward(x))


@both_formats
def test_an_autoencoder_comes_back_as_one(tmp_path, suffix, rng):
    network, path = AutoEncoder(9, 2, 3, rng=0), tmp_path / f"network{suffix}"
    network.save(path)
    loaded = AutoEncoder.load(path)
    assert_same_network(loaded, network)
    assert isinstance(loaded, AutoEncoder)
    assert loaded.widths == network.widths
    x = rng.uniform(size=(4, 9))
    np.testing.assert_array_equal(loaded.encode(x), network.encode(x))


@both_formats
def test_a_loaded_network_can_learn_on(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"
    small_network().save(path)
    loaded = Sequential.load(path)
    loaded.params["1.bias"] += 1  # a file's bytes are read-only; parameters are not
    np.testing.assert_array_equal(loaded.layers[1].params["bias"], [1, 1])


@both_formats
def test_the_settings_of_the_training_are_kept(tmp_path, suffix):
    network, path = small_network(), tmp_path / f"network{suffix}"
    network.save(path)
    assert Sequential.load(path).trained_with is None
    network.trained_with = {"loss": "MSELoss()", "learning_rate": 0.01, "epochs": 3}
    network.save(path)
    assert Sequential.load(path).trained_with == network.trained_with


@both_formats
def test_a_network_without_parameters_has_a_file_too(tmp_path, suffix):
    Sequential([TanH()]).save(tmp_path / f"network{suffix}")
    assert repr(Sequential.load(tmp_path / f"network{suffix}")) == "Sequential([TanH()])"


@both_formats
@given(numbers=lists(floats(width=32, allow_nan=False, allow_infinity=False), min_size=2))
def test_every_finite_float32_survives(tmp_path_factory, suffix, numbers):
    network = Sequential([Linear(1, len(numbers), init="zeros")])
    network.params["0.weight"][0] = numbers
    path = tmp_path_factory.mktemp("network") / f"network{suffix}"
    network.save(path)
    assert_same_network(Sequential.load(path), network)


@both_formats
def test_float16_keeps_three_digits(tmp_path, suffix):
    network = Sequential([Linear(50, 40, rng=0)])
    network.save(tmp_path / f"network{suffix}", dtype="float16")
    weight = Sequential.load(tmp_path / f"network{suffix}").params["0.weight"]
    np.testing.assert_allclose(weight, network.params["0.weight"], rtol=1e-3, atol=1e-7)
    assert weight.dtype == np.float32


def test_float16_halves_a_compact_file(tmp_path):
    network = Sequential([Linear(50, 40, rng=0)])
    sizes = []
    for dtype in (None, "float16"):
        network.save(tmp_path / "network.npz", dtype)
        sizes.append((tmp_path / "network.npz").stat().st_size)
    assert sizes[1] < 0.6 * sizes[0]


@both_formats
def test_float16_rounds_to_the_same_numbers_in_both_formats(tmp_path, suffix):
    network = Sequential([Linear(50, 40, rng=0)])
    network.save(tmp_path / f"network{suffix}", dtype="float16")
    rounded = network.params["0.weight"].astype(np.float16).astype(np.float32)
    loaded = Sequential.load(tmp_path / f"network{suffix}")
    np.testing.assert_array_equal(loaded.params["0.weight"], rounded)


def test_the_text_format_can_be_read_by_a_person(tmp_path):
    network, path = Sequential([Linear(1, 2, init="zeros"), TanH()]), tmp_path / "network.json"
    network.params["0.bias"][...] = [0.1, -2]
    network.save(path)
    content = json.loads(path.read_text())
    assert content["format"] == "nnlib network"
    assert content["version"] == 1
    linear, tanh = content["network"]["layers"]
    assert linear == {"kind": "Linear", "in_features": 1, "out_features": 2}
    assert tanh == {"kind": "TanH"}
    assert content["parameters"]["0.bias"] == [0.1, -2]  # not 0.10000000149011612


def test_numpy_opens_the_compact_format_without_nnlib(tmp_path):
    network, path = small_network(), tmp_path / "network.npz"
    network.save(path)
    with np.load(path, allow_pickle=False) as content:
        np.testing.assert_array_equal(content["1.weight"], network.params["1.weight"])


@both_formats
def test_the_same_network_gives_the_same_bytes_whatever_the_time(tmp_path, suffix, monkeypatch):
    small_network().save(tmp_path / f"one{suffix}")
    monkeypatch.setattr(time, "time", lambda: 1e9)
    small_network().save(tmp_path / f"other{suffix}")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"other{suffix}").read_bytes()


# What cannot be written


@both_formats
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_not_written(tmp_path, suffix, number):
    network, path = small_network(), tmp_path / f"network{suffix}"
    network.save(path)
    before = path.read_bytes()
    network.params["1.bias"][1] = number
    with pytest.raises(StorageError, match=r"was not written: 1\.bias is not finite as float32"):
        network.save(path)
    assert path.read_bytes() == before


@both_formats
@pytest.mark.parametrize(
    ("settings_", "match"),
    [
        ({"layers": {1, 2}}, r"JSON has no form for \{1, 2\}"),
        ({"loss": float("nan")}, "Out of range float values"),
        ([("epochs", 3)], r"trained_with must be a dict or None, not \[\('epochs', 3\)\]"),
        ({"deep": functools.reduce(lambda inner, _: [inner], range(5000), 0)}, "maximum recursion"),
        ({"note": "a" * 2**20}, r"\d+ bytes are more than the 1048576 that network\.json may have"),
    ],
    ids=["a set", "nan", "a list", "a deep list", "a long text"],
)
def test_settings_that_could_not_be_read_again_are_not_written(tmp_path, suffix, settings_, match):
    if suffix == ".json" and "note" in settings_:
        match = None  # a text file has more room for text
    network, path = small_network(), tmp_path / f"network{suffix}"
    network.save(path)
    network.trained_with = settings_
    if match is None:
        network.save(path)
        assert Sequential.load(path).trained_with == settings_
        return
    with pytest.raises(StorageError, match=rf"network\{suffix} was not written \({match}"):
        network.save(path)
    assert_old_file_is_whole(path, small_network())


def test_what_is_larger_than_can_be_read_is_not_written(tmp_path, monkeypatch):
    network = Sequential([Linear(100, 100, init="zeros")])
    for suffix, size in ((".json", 200_000), (".npz", 41_000)):
        path = tmp_path / f"network{suffix}"
        monkeypatch.setitem(storage.MAX_FILE_BYTES, suffix, size)
        network.save(path)
        assert_same_network(Sequential.load(path), network)
        monkeypatch.setitem(storage.MAX_FILE_BYTES, suffix, 39_000)
        with pytest.raises(StorageError, match=rf"not written \(\d+ bytes .* 39000 that \{suffix}"):
            network.save(path)
        refused(path, f"bytes are more than the 39000 that {suffix} may have")
    assert len(list(tmp_path.iterdir())) == 2


def test_as_text_the_books_largest_network_fits_twice(tmp_path):
    small, largest = AutoEncoder(100, 10, 2, rng=0), AutoEncoder(784, 32, 8, init="zeros")
    small.save(tmp_path / "network.json")
    numbers = [sum(value.size for value in network.params.values()) for network in (small, largest)]
    bytes_each = (tmp_path / "network.json").stat().st_size / numbers[0]
    assert bytes_each * numbers[1] < storage.MAX_FILE_BYTES[".json"] / 2


@pytest.mark.filterwarnings("error")
@both_formats
def test_numbers_too_large_for_float16_are_not_written(tmp_path, suffix):
    network = Sequential([Linear(1, 1, init="zeros")])
    network.params["0.weight"][...] = 70_000
    with pytest.raises(StorageError, match="not finite as float16"):
        network.save(tmp_path / f"network{suffix}", dtype="float16")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["network", "network.txt", "network.JSON", "network.pkl"])
def test_another_suffix_is_refused_both_ways(tmp_path, name):
    with pytest.raises(StorageError, match=r"must end in \.json .* or \.npz"):
        small_network().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageError, match=r"must end in \.json or \.npz"):
        Sequential.load(tmp_path / name)


@both_formats
def test_a_layer_that_files_do_not_know_is_refused(tmp_path, suffix):
    class Mine(Module):
        pass

    class MyTanH(TanH):
        pass

    known = re.escape(f"Files know {', '.join(storage.KINDS)}, but not")
    for layer in (Mine(), MyTanH()):
        with pytest.raises(StorageError, match=known):
            Sequential([layer]).save(tmp_path / f"network{suffix}")
    assert list(tmp_path.iterdir()) == []


class Slope(TanH):
    """An activation with a setting, as a library class may have one."""

    def __init__(self, slope=0.01):
        super().__init__()
        self.slope = slope


class Forgetful(TanH):
    def __init__(self, slope=0.01):
        super().__init__()


@both_formats
def test_the_setting_of_an_activation_is_kept(tmp_path, suffix, monkeypatch):
    monkeypatch.setitem(storage.KINDS, "Slope", Slope)
    path = tmp_path / f"network{suffix}"
    Sequential([Linear(3, 2), Slope(0.3)]).save(path)
    loaded = Sequential.load(path)
    assert loaded.layers[1].slope == 0.3
    assert repr(loaded) == "Sequential([Linear(3, 2), Slope(0.3)])"


@both_formats
def test_a_setting_that_an_object_does_not_keep_is_not_lost_in_silence(
    tmp_path, suffix, monkeypatch
):
    monkeypatch.setitem(storage.KINDS, "Forgetful", Forgetful)
    with pytest.raises(StorageError, match=r"keeps no slope, .*write self.slope = slope in its"):
        Sequential([Forgetful(0.3)]).save(tmp_path / f"network{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [{"slope": 0.3}, {"self": 1}, {"__class__": "TanH"}])
def test_a_file_gives_an_activation_no_settings_but_those_that_it_takes(tmp_path, more):
    path = tmp_path / "network.json"
    Sequential([TanH()]).save(path)
    document = json.loads(path.read_text())
    document["network"]["layers"] = [{"kind": "TanH"} | more]
    path.write_text(json.dumps(document))
    with pytest.raises(StorageError, match="is damaged or is no nnlib network"):
        Sequential.load(path)


@both_formats
@pytest.mark.parametrize("dtype", ["int8", "bool", "complex64", "U5"])
def test_parameters_are_stored_as_floats_only(tmp_path, suffix, dtype):
    told = rf"{suffix} can hold float16, float32, float64, but not {np.dtype(dtype)}\.$"
    with pytest.raises(StorageError, match=told):
        small_network().save(tmp_path / f"network{suffix}", dtype=dtype)


@both_formats
def test_sizes_and_settings_may_be_numpy_numbers(tmp_path, suffix):
    network = AutoEncoder(9, 2, 2, widths=list(np.array([9, 4, 2])))
    network.trained_with = {"batch_size": np.int64(32)}
    network.save(tmp_path / f"network{suffix}")
    assert AutoEncoder.load(tmp_path / f"network{suffix}").widths == [9, 4, 2]


# Saving happens wholly or not at all


def assert_old_file_is_whole(path, network):
    assert_same_network(Sequential.load(path), network)
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # nothing is left over


@both_formats
def test_a_full_disk_leaves_the_old_file_whole(tmp_path, suffix):
    # A limit on the size of files makes the system itself stop the writing in the middle.
    resource = pytest.importorskip("resource")
    network, path = small_network(), tmp_path / f"network{suffix}"
    network.save(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            Sequential([Linear(100, 200, rng=0)]).save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert_old_file_is_whole(path, network)


@both_formats
def test_an_error_before_the_bytes_are_safe_leaves_the_old_file_whole(
    tmp_path, suffix, monkeypatch
):
    network, path = small_network(), tmp_path / f"network{suffix}"
    network.save(path)

    def fail(_):
        raise OSError(errno.EIO, "the disk came loose")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk came loose"):
        small_network(seed=1).save(path)
    assert_old_file_is_whole(path, network)


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_error_between_two_arrays_leaves_the_old_file_whole(tmp_path, monkeypatch, error):
    network, path = small_network(), tmp_path / "network.npz"
    network.save(path)
    write_array, calls = np.lib.format.write_array, []

    def fail_at_the_third(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise error(errno.EIO, "stop")
        write_array(*args, **kwargs)

    monkeypatch.setattr(np.lib.format, "write_array", fail_at_the_third)
    with pytest.raises(error, match="stop"):
        small_network(seed=1).save(path)
    monkeypatch.undo()
    assert_old_file_is_whole(path, network)


@pytest.fixture
def disk(tmp_path):
    """Return a folder that is a file system of its own, of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a file system can be mounted by root only, and not everywhere ({error})")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@both_formats
def test_a_disk_that_is_really_full_leaves_the_old_file_whole(disk, suffix):
    network, path = small_network(), disk / f"network{suffix}"
    network.save(path)
    with pytest.raises(OSError, match="No space left on device") as told:
        Sequential([Linear(200, 200, rng=0)]).save(path)
    assert str(told.value).endswith(f"'{path}'")
    assert_old_file_is_whole(path, network)
    small_network(seed=1).save(path)
    assert_old_file_is_whole(path, small_network(seed=1))


@both_formats
def test_a_disk_that_may_only_be_read_leaves_the_old_file_whole(disk, suffix):
    network, path = small_network(), disk / f"network{suffix}"
    network.save(path)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(OSError, match="Read-only file system") as told:
        small_network(seed=1).save(path)
    assert str(told.value).endswith(f"'{path}'")
    assert_old_file_is_whole(path, network)


def child(code, *arguments, **settings):
    """Start Python on `code`, which finds nnlib and the functions of this file."""
    folders = [str(Path(__file__).parent), *sys.path]
    opening = f"import sys; sys.path[:0] = {folders!r}; from test_storage import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", opening + code, *map(str, arguments)], **settings
    )


@both_formats
def test_a_folder_of_somebody_else_leaves_the_old_file_whole(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"
    small_network().save(path)
    if os.geteuid() == 0:  # who may write everywhere: another user does it
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        become = "os.setgid(65534); os.setuid(65534)"
    else:
        tmp_path.chmod(0o555)
        become = "pass"
    code = f"network = small_network(1); {become}; network.save(sys.argv[1])"
    with child(code, path, stderr=subprocess.PIPE, text=True) as process:
        told = process.communicate()[1].splitlines()[-1]
    tmp_path.chmod(0o755)
    assert told == f"PermissionError: [Errno 13] Permission denied: '{path}'"
    assert_old_file_is_whole(path, small_network())


DIE = "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
MOMENTS = {
    "in the middle of the bytes": """
def half(file, header, arrays):
    file.write(b"half")
    file.flush()
    die()
storage._write_json = storage._write_npz = half
""",
    "before the bytes are on the disk": "os.fsync = die",
    "before the new name": "Path.replace = die",
    "after the new name": "Path.unlink = die",
}


@both_formats
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_process_that_is_killed_leaves_one_of_two_whole_files(tmp_path, suffix, moment):
    path = tmp_path / f"network{suffix}"
    small_network().save(path)
    code = DIE + MOMENTS[moment] + "\nsmall_network(1).save(sys.argv[1])"
    with child(code, path) as process:
        assert process.wait() == -signal.SIGKILL
    after = moment == "after the new name"
    assert_same_network(Sequential.load(path), small_network(seed=after))

    # What a killed process leaves is hidden, and in nobody's way.
    (left,) = [file for file in tmp_path.iterdir() if file != path] or [None]
    assert (left is None) == after
    assert after or re.fullmatch(rf"\.network\{suffix}\.[0-9a-f]{{8}}\.tmp", left.name)
    small_network(seed=2).save(path)
    assert_same_network(Sequential.load(path), small_network(seed=2))


@both_formats
def test_a_process_that_is_killed_at_any_time_leaves_a_whole_file(tmp_path, suffix):
    path, networks = tmp_path / f"network{suffix}", (small_network(0), small_network(1))
    networks[0].save(path)
    code = """
networks = small_network(0), small_network(1)
print("ready", flush=True)
while True:
    for network in networks:
        network.save(sys.argv[1])
"""
    for milliseconds in (3, 20, 47):
        with child(code, path, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(milliseconds / 1000)
            process.kill()
        loaded = Sequential.load(path)
        same = [np.array_equal(loaded.params["1.weight"], n.params["1.weight"]) for n in networks]
        assert sum(same) == 1
        assert_same_network(loaded, networks[same.index(True)])


@both_formats
def test_two_that_save_at_once_leave_a_whole_file(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"

    def save_often(network):
        for _ in range(30):
            network.save(path)

    threads = [threading.Thread(target=save_often, args=[small_network(seed)]) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loaded = Sequential.load(path)
    last = np.array_equal(loaded.params["1.weight"], small_network(1).params["1.weight"])
    assert_old_file_is_whole(path, small_network(seed=last))


@both_formats
def test_a_link_goes_on_pointing_to_the_file_that_is_replaced(tmp_path, suffix):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "stored", tmp_path / f"network{suffix}"
    link.symlink_to(target)
    for seed in (0, 1):  # at first the link leads nowhere
        small_network(seed).save(link)
        assert link.is_symlink()
        assert_same_network(Sequential.load(link), small_network(seed))
        assert [file.name for file in target.parent.iterdir()] == ["stored"]


@both_formats
def test_a_link_laid_where_the_file_is_written_first_is_not_followed(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr(secrets, "token_hex", lambda size: "guessed")
    victim, path = tmp_path / "victim", tmp_path / f"network{suffix}"
    victim.write_text("precious")
    (tmp_path / f".{path.name}.guessed.tmp").symlink_to(victim)
    with pytest.raises(FileExistsError):
        small_network().save(path)
    assert victim.read_text() == "precious"
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@both_formats
def test_a_file_keeps_its_permissions_when_it_is_replaced(tmp_path, suffix):
    path, ordinary = tmp_path / f"network{suffix}", tmp_path / "ordinary"
    small_network().save(path)
    ordinary.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode
    for mode in (0o600, 0o664):
        path.chmod(mode)
        small_network(seed=1).save(path)
        assert stat.S_IMODE(path.stat().st_mode) == mode


def a_folder(path):
    path.mkdir()


def a_pipe(path):
    os.mkfifo(path)


def a_device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such devices")
@both_formats
@pytest.mark.parametrize("make", [a_folder, a_pipe, a_device])
def test_what_is_no_file_is_neither_read_nor_replaced(tmp_path, suffix, make):
    path = tmp_path / f"network{suffix}"
    make(path)
    before = path.lstat()
    for use in (Sequential.load, small_network().save):
        with pytest.raises(
            StorageError, match=rf"network\{suffix} is a folder, a pipe or a device"
        ):
            use(path)
    assert path.lstat() == before
    assert Path("/dev/zero").is_char_device()
    assert list(tmp_path.iterdir()) == [path]


@both_formats
def test_saving_replaces_and_leaves_nothing_else_behind(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"
    for seed in (0, 1):
        small_network(seed).save(path)
    assert_old_file_is_whole(path, small_network(seed=1))


@both_formats
def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path, suffix):
    with pytest.raises(FileNotFoundError):
        small_network().save(tmp_path / "nowhere" / f"network{suffix}")
    with pytest.raises(FileNotFoundError):
        Sequential.load(tmp_path / f"network{suffix}")


# Damaged and foreign files


@both_formats
def test_a_file_cut_off_anywhere_is_refused(tmp_path, suffix):
    path, cut = tmp_path / f"network{suffix}", tmp_path / f"cut{suffix}"
    small_network().save(path)
    content = path.read_bytes()
    for length in [*range(0, len(content), 23), len(content) - 1]:
        cut.write_bytes(content[:length])
        refused(cut, "is damaged or is no nnlib network")


def with_changed_byte(tmp_path_factory, name, place, byte):
    """Return the file of a small network in which one byte is another."""
    path = tmp_path_factory.mktemp("network") / name
    small_network().save(path)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(content)
    return path


@given(place=integers(0, 10**6), byte=integers(0, 255))
def test_a_changed_byte_never_changes_a_parameter_of_the_compact_format(
    tmp_path_factory, place, byte
):
    path = with_changed_byte(tmp_path_factory, "network.npz", place, byte)
    with contextlib.suppress(StorageError):
        assert_same_network(Sequential.load(path), small_network())


def test_half_as_wide_numbers_are_not_read_from_whole_ones(tmp_path):
    # A zip file is checked against its checksum only when it has been read to the end.
    path = tmp_path / "network.npz"
    network = Sequential([Linear(100, 50)])
    network.params["0.weight"].fill(1)  # four bytes that are two float16: 0 and 1.875
    network.save(path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:  # not compressed, so that it can be changed
        for name, content in contents.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"'<f4'", b"'<f2'", 1))
    refused(path, "Bad CRC-32")


@given(place=integers(0, 10**6), byte=integers(0, 255))
def test_a_changed_byte_of_text_gives_a_network_or_the_one_error(tmp_path_factory, place, byte):
    path = with_changed_byte(tmp_path_factory, "network.json", place, byte)
    with contextlib.suppress(StorageError):
        assert repr(Sequential.load(path)) == repr(small_network())


@both_formats
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\0" * 100,
        b"PK\x03\x04",
        b"null",
        b"[]",
        b"{}",
        b"3",
        b'"text"',
        b"\xff\xfe",
    ],
)
def test_foreign_files_are_refused(tmp_path, suffix, content):
    path = tmp_path / f"network{suffix}"
    path.write_bytes(content)
    refused(path, "is damaged or is no nnlib network")


def test_each_format_under_the_others_suffix_is_refused(tmp_path):
    for suffix, other in ((".json", ".npz"), (".npz", ".json")):
        path = tmp_path / f"network{suffix}"
        small_network().save(path)
        refused(path.replace(tmp_path / f"swapped{other}"))


@both_formats
def test_a_network_of_another_kind_is_told_where_to_go(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"
    small_network().save(path)
    refused(path, "holds a network of kind 'Sequential', not 'AutoEncoder'", AutoEncoder.load)
    AutoEncoder(4, 2, 1).save(path)
    refused(path, "holds a network of kind 'AutoEncoder', not 'Sequential'")


def changed(tmp_path, change, network=None):
    """Return a text file of a network after `change`, a function of its content."""
    path = tmp_path / "network.json"
    (network or small_network()).save(path)
    content = json.loads(path.read_text())
    content = change(content) or content
    path.write_text(json.dumps(content))
    return path


def test_wider_types_than_files_know_are_refused(tmp_path):
    if np.dtype(np.longdouble) == np.float64:
        pytest.skip("here longdouble is float64")
    with pytest.raises(StorageError, match="float64, but not"):
        Sequential([Linear(2, 1, dtype=np.longdouble)]).save(tmp_path / "network.npz")


def test_the_file_that_the_next_tests_change_is_good(tmp_path):
    assert_same_network(Sequential.load(changed(tmp_path, lambda file: None)), small_network())


def test_a_newer_format_asks_for_an_update(tmp_path):
    path = changed(tmp_path, lambda file: file | {"version": 2})
    assert "update nnlib" in refused(path, "format version 2, but this nnlib reads up to 1")


def test_a_newer_compact_format_asks_for_an_update(tmp_path):
    path = changed_npz(tmp_path, header={"version": 2})
    assert "update nnlib" in refused(path, "format version 2, but this nnlib reads up to 1")


@pytest.mark.parametrize(
    "key", ["format", "version", "dtype", "trained_with", "network", "parameters"]
)
def test_a_missing_part_is_refused(tmp_path, key):
    def remove(file):
        del file[key]

    refused(changed(tmp_path, remove), f"is damaged.*{key}")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"version": "one"},
        {"version": None},
        {"version": True},
        {"version": 1.0},
        {"version": 0},
        {"version": -1},
        {"version": float("inf")},
        {"trained_with": []},
        {"trained_with": 3},
        {"trained_with": {"loss": float("nan")}},
        {"dtype": "object"},
        {"dtype": "int32"},
        {"dtype": ["float32"]},
        {"network": None},
        {"network": []},
        {"network": {"kind": "Sequential"}},
        {"network": {"kind": "Sequential", "layers": []}},
        {"network": {"kind": "Sequential", "layers": [{}]}},
        {"network": {"kind": "Sequential", "layers": [{"kind": "os.system"}]}},
        {"network": {"kind": "Sequential", "layers": 10**9}},
        {"parameters": None},
        {"parameters": []},
        {"parameters": {}},
    ],
)
def test_a_part_of_the_wrong_kind_is_refused(tmp_path, change):
    refused(changed(tmp_path, lambda file: file | change), "is damaged or is no nnlib network")


def test_an_unknown_kind_of_layer_is_refused_with_its_name(tmp_path):
    def rename(file):
        file["network"]["layers"][2]["kind"] = "Convolution"

    refused(changed(tmp_path, rename), "Convolution")


@pytest.mark.parametrize(
    "value",
    [
        [[1.0] * 2] * 4,  # 4 × 2 where 5 × 2 is due
        [[1.0] * 5] * 2,  # transposed
        [1.0] * 10,
        [[[1.0] * 2] * 5],
        [[1.0, 2.0], [3.0]],
        [[float("nan")] * 2] * 5,
        [[float("inf")] * 2] * 5,
        [[1e300] * 2] * 5,  # finite, but not as float32
        [["1.0"] * 2] * 5,
        [[None] * 2] * 5,
        [[True] * 2] * 5,
        [[10**400] * 2] * 5,
        [],
        {},
        1.0,
        None,
    ],
)
def test_parameters_of_the_wrong_shape_or_kind_are_refused(tmp_path, value):
    def put(file):
        file["parameters"]["1.weight"] = value

    refused(changed(tmp_path, put), "is damaged or is no nnlib network")


def test_a_bias_that_numpy_would_stretch_is_refused(tmp_path):
    def put(file):
        file["parameters"]["1.bias"] = [1.0]

    refused(changed(tmp_path, put), r"1\.bias has shape \(1,\), not \(2,\)")


def test_missing_and_surplus_parameters_are_refused(tmp_path):
    def add(file):
        file["parameters"]["7.weight"] = [[1.0]]

    def remove(file):
        del file["parameters"]["1.bias"]

    for change in (add, remove):
        told = "its parameters are not those of the network it describes"
        refused(changed(tmp_path, change), told)
    path = changed(tmp_path, lambda file: file["parameters"].pop("1.weight") and None)
    refused(path, r"\('1\.weight'\)\.$")


def test_a_description_that_does_not_fit_its_parameters_is_refused(tmp_path):
    def widen(file):
        file["network"]["layers"][1]["out_features"] = 3

    refused(changed(tmp_path, widen), "its parameters are not those of the network it describes")


@pytest.mark.parametrize("key", ["input_dim", "latent_dim", "steps", "widths"])
@pytest.mark.parametrize("value", [0, -1, 1, 10**12, "2", None, 2.0, [9, 2], [9, 4, 2, 1]])
def test_an_autoencoder_that_does_not_fit_its_parameters_is_refused(tmp_path, key, value):
    path = changed(
        tmp_path,
        lambda file: file["network"].update({key: value}),
        AutoEncoder(9, 3, 2, widths=[9, 4, 3]),
    )
    refused(path, "is damaged", AutoEncoder.load)


# Hostile files


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"network": {"layers": [{"layers": ['])
def test_text_nested_without_end_is_refused(tmp_path, opening):
    path = tmp_path / "network.json"
    path.write_bytes(opening * 100_000)
    refused(path, "is damaged")


def test_a_network_nested_a_thousand_times_is_refused(tmp_path):
    path = tmp_path / "network.json"
    Sequential([TanH()]).save(path)
    layer, deep = '{"kind": "TanH"}', '{"kind": "Sequential", "layers": ['
    content = json.dumps(json.loads(path.read_text()))
    assert layer in content
    path.write_text(content.replace(layer, 900 * deep + layer + 900 * "]}"))
    refused(path, "is damaged")


def test_very_many_layers_take_no_longer_than_their_file_is_long(tmp_path):
    # Comparing each layer with all before it, or naming it at every level, takes minutes here.
    path, layer = tmp_path / "network.json", {"kind": "TanH"}
    layers = functools.reduce(
        lambda inner, _: [{"kind": "Sequential", "layers": inner}, layer],
        range(50),
        [layer] * 60_000,
    )
    Sequential([TanH()]).save(path)
    content = json.loads(path.read_text())
    content["network"]["layers"] = layers
    path.write_text(json.dumps(content))
    network, _ = hostile.answer(path, Sequential.load, StorageError)
    assert len(network.layers) == 2


def changed_npz(tmp_path, header=(), members=(), compression=zipfile.ZIP_STORED):
    """Return a compact file of a network with other entries in its header, or other members."""
    good, path = tmp_path / "good.npz", tmp_path / "network.npz"
    small_network().save(good)
    with zipfile.ZipFile(good) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["network.json"] = json.dumps(json.loads(contents["network.json"]) | dict(header))
    contents |= dict(members)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def npy(array=(), **header):
    """Return `array` as the bytes of an .npy file, with other entries in its header."""
    array, stream = np.asarray(array, np.float32), io.BytesIO()
    entries = np.lib.format.header_data_from_array_1_0(array) | header
    np.lib.format.write_array_header_1_0(stream, entries)
    return stream.getvalue() + array.tobytes()


def test_the_archive_that_the_next_tests_change_is_good(tmp_path):
    assert_same_network(Sequential.load(changed_npz(tmp_path)), small_network())
    weight = np.ones((5, 2), np.float32)
    path = changed_npz(tmp_path, members={"1.weight.npy": npy(weight)})
    np.testing.assert_array_equal(Sequential.load(path).params["1.weight"], weight)


@pytest.mark.parametrize(
    "shape", [(10**12,), (10**6, 10**6), (2**32, 2**32), (2**63, 2), (-1, -10), (-1,), (0, 10**12)]
)
def test_an_array_that_claims_more_than_it_brings_is_refused_at_once(tmp_path, shape):
    path = changed_npz(tmp_path, members={"1.weight.npy": npy(np.ones((5, 2)), shape=shape)})
    assert peak_of_refusing(path, "is damaged") < 5e6


@pytest.mark.parametrize("descr", ["|O", "<i4", "<i8", "|S4", "<c8", "|b1", [("a", "<f4")]])
def test_arrays_of_anything_but_floats_are_refused(tmp_path, descr):
    path = changed_npz(tmp_path, members={"1.weight.npy": npy(np.ones((5, 2)), descr=descr)})
    refused(path, "an array is not of the form that NumPy gives to rows of floats")


def test_arrays_in_fortrans_order_are_refused(tmp_path):
    # Read as rows, they would give a matrix of the right shape with its numbers out of place.
    weight = npy(np.arange(10).reshape(5, 2), fortran_order=True)
    refused(changed_npz(tmp_path, members={"1.weight.npy": weight}), "is damaged")


def test_pickled_objects_are_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "opened"), "w"))

    trap = np.empty((5, 2), dtype=object)
    trap[...] = Trap()
    np.savez(tmp_path / "trap.npz", **{"1.weight": trap})
    with zipfile.ZipFile(tmp_path / "trap.npz") as archive:
        members = {"1.weight.npy": archive.read("1.weight.npy")}
    refused(changed_npz(tmp_path, members=members), "is damaged")
    refused(tmp_path / "trap.npz", "is damaged")
    assert not (tmp_path / "opened").exists()


def test_foreign_archives_are_refused(tmp_path):
    path = tmp_path / "network.npz"
    np.savez(path, weight=np.ones(3))
    refused(path, r"no nnlib network.*network\.json")
    refused(changed_npz(tmp_path, members={"1.weight.npy": b"no array"}))
    refused(changed_npz(tmp_path, members={"readme.txt": b"hello"}))
    refused(changed_npz(tmp_path, members={"7.weight.npy": npy([[1]])}), "not those of the network")
    refused(changed_npz(tmp_path, members={"1.bias.npy": npy([np.nan, 0])}), "not finite")
    refused(changed_npz(tmp_path, members={"network.json": b"{"}))


def test_a_compressed_bomb_is_not_unpacked(tmp_path, monkeypatch):
    # The numbers are small here, so that the test is quick.
    monkeypatch.setitem(storage.MAX_FILE_BYTES, ".npz", 1_000_000)
    bomb = npy(np.zeros((1000, 2000)))  # 8 MB, of which the file has only a few thousand bytes
    path = changed_npz(tmp_path, members={"1.weight.npy": bomb}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 20_000
    assert peak_of_refusing(path, r"8\d{6} bytes are more than the 1000000") < 2e6


def test_a_member_that_declares_more_than_the_file_holds_is_refused(tmp_path):
    path = changed_npz(tmp_path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("1.weight.npy").file_size.to_bytes(4, "little")
    # Its size stands twice in a row, packed and unpacked, in the list at the end of the archive.
    place = content.rindex(size * 2, 0, content.rindex(b"1.weight.npy"))
    path.write_bytes(content[: place + 4] + (2**31).to_bytes(4, "little") + content[place + 8 :])
    refused(path, r"2147\d{6} bytes are more than the \d+ that \.npz may have")


def relabeled(path, members, true_size, claimed):
    """Let the members of an archive whose contents have `true_size` bytes claim another size."""
    content = path.read_bytes()
    size = true_size.to_bytes(4, "little")
    assert content.count(size) == 2 * members  # where each begins, and in the list at the end
    path.write_bytes(content.replace(size, claimed.to_bytes(4, "little")))


@pytest.mark.parametrize("name", ["network.json", "1.weight.npy"])
@pytest.mark.parametrize(
    ("method", "match"),
    [
        (zipfile.ZIP_DEFLATED, "Bad CRC-32"),
        (zipfile.ZIP_BZIP2, "packed in a way that unpacks without a limit"),
        (zipfile.ZIP_LZMA, "packed in a way that unpacks without a limit"),
    ],
)
def test_no_bomb_is_unpacked_beyond_what_it_claims(tmp_path, name, method, match):
    # Python unpacks as much as it is asked for, and cuts it to what the archive claims after that;
    # bzip2 and LZMA it cannot even ask for a part.
    path = changed_npz(tmp_path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in contents.items():
            if member == name:
                archive.writestr(member, bytes(20_000_000), method)
            else:
                archive.writestr(member, content)
    relabeled(path, 1, 20_000_000, 5000)
    assert peak_of_refusing(path, match) < 1e6


def test_a_small_archive_does_not_hold_a_large_text(tmp_path):
    # Each "[]," of three bytes becomes an object of 64.
    header = b"[" + b"[]," * 500_000 + b"1]"
    path = changed_npz(tmp_path, members={"network.json": header}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 5000
    assert peak_of_refusing(path, "1500003 bytes are more than the 1048576") < 1e6


@both_formats
def test_a_file_larger_than_any_network_is_not_read(tmp_path, suffix):
    path = tmp_path / f"network{suffix}"
    small_network().save(path)
    os.truncate(path, 10**12)  # most of it is a hole, which takes no room on the disk
    tracemalloc.start()
    with pytest.raises(StorageError, match="1000000000000 bytes are more than the"):
        Sequential.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1e6


def test_one_long_text_among_numbers_does_not_fill_the_memory(tmp_path):
    def put(file):  # NumPy would make 10,000 texts of 10,000 letters: 400 MB
        file["parameters"]["1.bias"] = ["a" * 10_000] + [0.0] * 10_000

    path = changed(tmp_path, put)
    assert peak_of_refusing(path, r"1\.bias holds something else than numbers") < 2e6


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5L, 2L), }",  # as Python 2 wrote it
        "{'descr': '<f4', 'fortran_order': False, 'shape': (05, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 5000 + ", 2), }",
        "{'descr': '\\d', 'fortran_order': False, 'shape': (5, 2), }",
        "{'descr': 'a', 'fortran_order': False, 'shape': (5, 2), }",
        "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (5, 2), }",
        "-" * 9000 + "1",
        "(" * 9000,
        "1" + "+1" * 4000,
        "x" * 20_000,
        "",
    ],
)
def test_the_head_of_an_array_is_never_evaluated(tmp_path, header):
    # NumPy's own reader takes it for Python: these made it warn, or say thousands of letters in
    # two lines, or fill the parser's memory. `refused` sees what is compiled.
    text = header.encode() + b"\n"
    member = b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + bytes(40)
    refused(changed_npz(tmp_path, members={"1.weight.npy": member}), "is damaged")


def test_an_array_whose_head_has_another_length_is_refused(tmp_path):
    good = npy(np.ones((5, 2)))
    member = good[:8] + b"\xff\xff" + good[10:]
    refused(changed_npz(tmp_path, members={"1.weight.npy": member}), "is damaged")


@pytest.mark.parametrize("twice", ["network.json", "1.weight.npy", "1.weight"])
def test_two_members_of_one_name_are_refused(tmp_path, twice):
    path = changed_npz(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        content = archive.read(twice if twice in archive.namelist() else f"{twice}.npy")
        if twice in archive.namelist():
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr(twice, content)
        else:
            archive.writestr(twice, content)
    refused(path, r"\(two of its members have the same name\)\.$")


def directory(*entries):
    """Return an archive that is only its directory: (name, further fields) of each member."""
    listed = []
    for name, extra in entries:
        sizes = (2**32 - 1 if extra else 0,) * 2  # the greatest says: see the further fields
        numbers = (20, 20, 0, 0, 0, 0, 0, *sizes, len(name), len(extra), 0, 0, 0, 0, 0)
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers), name, extra
    listed = b"".join(listed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), 0, 0)
    return listed + end


def test_a_member_that_claims_more_than_four_gigabytes_is_refused(tmp_path):
    path = tmp_path / "network.npz"
    path.write_bytes(directory((b"network.json", struct.pack("<2H2Q", 1, 16, 2**60, 2**60))))
    refused(path, f"{2**60} bytes are more than the")


def test_members_that_share_one_place_are_counted_one_by_one(tmp_path):
    path, size = tmp_path / "network.npz", struct.pack("<2H2Q", 1, 16, 10**6, 10**6)
    path.write_bytes(directory((b"network.json", b""), *[(b"0.weight.npy", size)] * 300))
    refused(path, "300000000 bytes are more than the")


def test_an_archive_of_very_many_members_is_refused(tmp_path):
    path = tmp_path / "network.npz"
    path.write_bytes(directory(*[(b"%d.npy" % number, b"") for number in range(60_000)]))
    refused(path, "is damaged")


def test_an_archive_that_wants_a_password_is_refused(tmp_path):
    path = changed_npz(tmp_path)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    refused(path, "is encrypted, password required")


@pytest.mark.parametrize("name", ["../1.weight.npy", "/1.weight.npy", "C:\\1.weight.npy"])
def test_members_that_point_out_of_the_archive_are_only_names(tmp_path, name):
    path = changed_npz(tmp_path, members={name: npy(np.ones((5, 2)))})
    refused(path, "not those of the network")


HUGE = "a\n\x1b[2J\ud800\u202e" + "b" * 10**6


@pytest.mark.parametrize(
    "change",
    [
        {"format": HUGE},
        {"version": HUGE},
        {"version": 10**4000},
        {"dtype": HUGE},
        {"trained_with": HUGE},
        {"network": {"kind": HUGE}},
        {"network": {"kind": [HUGE]}},
        {"network": {"kind": "Sequential", "layers": [{"kind": HUGE}]}},
        {"network": {"kind": "Sequential", "layers": HUGE}},
        {"parameters": {HUGE: [1.0, "a"]}},
        {"parameters": {HUGE: [float("nan")]}},
        {HUGE: 1, "format": [HUGE]},
    ],
    ids=range(12),
)
def test_a_message_quotes_a_file_in_one_short_line(tmp_path, change):
    # `refused` looks at the length of what is said, and for what would move a terminal's cursor.
    refused(changed(tmp_path, lambda file: file | change), "network")


@pytest.mark.parametrize(
    "number", ["9" * 5000, "-" + "9" * 400, "NaN", "-Infinity", "1e999", "0x1", "1_000", "٣", "1."]
)
def test_numbers_that_are_none_or_too_large_are_refused(tmp_path, number):
    path = changed(tmp_path, lambda file: file["parameters"].update({"1.bias": [0.0, "HERE"]}))
    path.write_text(path.read_text().replace('"HERE"', number))
    refused(path, "is damaged")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_of_unicode_are_the_same_text(tmp_path, encoding):
    path = changed(tmp_path, lambda file: None)
    path.write_bytes(path.read_text().encode(encoding))
    assert_same_network(Sequential.load(path), small_network())


def test_of_a_key_that_comes_twice_the_last_counts_as_everywhere_in_python(tmp_path):
    path = changed(tmp_path, lambda file: None)
    path.write_text(path.read_text().replace("{", '{"version": 7, ', 1))
    assert_same_network(Sequential.load(path), small_network())


# Some hundred hostile files; tests/deep/fuzz.py tries some hundred thousand


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return hostile.real_networks(tmp_path_factory.mktemp("real"))


def ask_about(tmp_path_factory, real, suffix, change, rng):
    data = rng.choice(real[suffix])
    for _ in range(rng.choice([1, 1, 2])):
        data = change(rng, data)
    path = tmp_path_factory.mktemp("hostile") / f"x{suffix}"
    path.write_bytes(data)
    for kind in (Sequential, AutoEncoder):
        hostile.ask_network(path, kind)


def tell(sentence, kind=StorageError):
    def read(path):
        raise kind(sentence.format(path=path))

    return read


@pytest.mark.parametrize(
    ("read", "seen"),
    [
        (lambda path: path.with_name("new").touch(), "what no file may ask for"),
        (lambda path: path.write_bytes(b"other"), "what no file may ask for"),
        (lambda path: path.unlink(), "what no file may ask for"),
        (lambda path: os.utime(path, (1, 1)), "changed the folder"),
        (lambda path: Path(__file__).read_bytes(), "what no file may ask for"),
        (lambda path: eval(path.read_bytes()), "what no file may ask for"),
        (lambda path: subprocess.run(["true"]), "what no file may ask for"),
        (lambda path: np.lib.format.read_array(io.BytesIO(npy([1.0]))), "what no file may ask for"),
        (lambda path: np.float32(1e300), "it warned"),
        (lambda path: [None for _ in range(10**7)], r"it took \d+\.\d s"),
        (tell("{path} is bad", ValueError), "ValueError"),
        (tell("{path} is\nbad"), "no single line"),
        (tell("it is bad"), "does not name the file"),
        (tell("{path}" + "a" * 500), "characters"),
    ],
)
def test_what_judges_hostile_files_sees(tmp_path, monkeypatch, read, seen):
    monkeypatch.setattr(hostile, "SECONDS", 0.1)
    path = tmp_path / "x"
    path.write_bytes(b"1 + 1")
    with pytest.raises(AssertionError, match=seen):
        hostile.answer(path, read, StorageError)


def test_what_judges_hostile_files_sees_a_wrong_number(tmp_path):
    class Wrong(Sequential):
        @classmethod
        def load(cls, path):
            network = Sequential.load(path)
            network.params["1.bias"][0] += 1
            network.__class__ = cls
            return network

    path = tmp_path / "network.json"
    small_network().save(path)
    assert hostile.ask_network(path, Sequential) is None
    with pytest.raises(AssertionError, match="Mismatched elements"):
        hostile.ask_network(path, Wrong)


@both_formats
def test_real_files_are_read_rightly_by_one_of_two_classes(tmp_path, real, suffix):
    for data in real[suffix]:
        path = tmp_path / f"x{suffix}"
        path.write_bytes(data)
        told = [hostile.ask_network(path, kind) for kind in (Sequential, AutoEncoder)]
        assert told.count(None) == 1


@settings(max_examples=150)
@given(rng=randoms(use_true_random=False))
def test_a_changed_text_is_read_rightly_or_refused(tmp_path_factory, real, rng):
    ask_about(tmp_path_factory, real, ".json", hostile.changed_json, rng)


@settings(max_examples=150)
@given(rng=randoms(use_true_random=False))
def test_a_changed_archive_is_read_rightly_or_refused(tmp_path_factory, real, rng):
    ask_about(tmp_path_factory, real, ".npz", hostile.changed_npz, rng)


def claim_a_wide_input(file):
    file["network"]["input_dim"] = 10**6
    file["network"]["widths"][0] = 10**6


def claim_two_wide_layers(file):
    # 1 -> 2000 -> 2000 columns; what is missing of the second layer is 2000 times what is there.
    file["network"] |= {"input_dim": 1, "latent_dim": 2000, "widths": [1, 2000, 2000]}
    file["parameters"] |= {f"encoder.{place}.weight": [[0.0] * 2000] for place in (0, 2)}


@pytest.mark.parametrize("claim", [claim_a_wide_input, claim_two_wide_layers])
def test_room_is_made_only_for_the_weights_that_a_file_brings(tmp_path, claim):
    # The numbers are small here, so that the test is quick: some 30 MB for a file of 30 kB.
    path = changed(tmp_path, claim, AutoEncoder(9, 4, 2))
    assert peak_of_refusing(path, "is damaged", AutoEncoder.load) < 3e6


def test_a_path_may_be_a_string(tmp_path):
    small_network().save(str(tmp_path / "network.json"))
    assert_same_network(Sequential.load(str(tmp_path / "network.json")), small_network())
