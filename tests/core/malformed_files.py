"""Hostile files, and what each of them must get: a right answer, or one clear sentence.

Shared by the tests, which try some hundreds, and by tests/deep/fuzz.py, which tries some hundreds
of thousands. Every mutator takes a `random.Random`, so that Hypothesis and the fuzzer can both
drive it, and is given a real file or one that it has changed before.
"""

import contextlib
import gzip
import io
import json
import os
import re
import struct
import sys
import time
import warnings
import zipfile
import zlib

import numpy as np

from nnlib import AutoEncoder, Linear, Sequential, Sigmoid, Softmax, TanH, mnist
from nnlib._storage import DTYPES, StorageError
from nnlib.datasets.idx import MAX_UNPACKED_BYTES, parse_idx, unpack
from nnlib.datasets.paths import data_dir

SECONDS = 5  # the most that one small file may take
LONGEST = 400  # characters of a message, its path aside

# What is answered -----------------------------------------------------------------------------

FORBIDDEN = {
    "code.__new__", "compile", "ctypes.dlopen", "exec", "marshal.loads", "os.chmod", "os.exec",
    "os.fork", "os.link", "os.mkdir", "os.posix_spawn", "os.remove", "os.rename", "os.rmdir",
    "os.spawn", "os.symlink", "os.system", "os.truncate", "pickle.find_class", "socket.connect",
    "subprocess.Popen",
}  # fmt: skip
_watched = {"path": None, "seen": []}


def _hook(event, arguments):
    if (path := _watched["path"]) is None:
        return
    # Nothing may be opened but the file itself, and that only to be read.
    strange = event == "open" and (arguments[0] != path or set(arguments[1] or "r") & set("wax+"))
    if event in FORBIDDEN or strange:
        _watched["seen"].append(f"{event} {arguments!r:.200}")


@contextlib.contextmanager
def watched(path):
    """Assert that what happens inside opens nothing but `path`, and runs and changes nothing."""
    if not _watched.get("hooked"):  # a hook stays for as long as the process lives
        for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8-sig", "cp437"):
            "".encode(name)  # Python loads these when they are first used
        sys.addaudithook(_hook)
        _watched["hooked"] = True
    before = _state(path.parent)
    _watched.update(path=str(path), seen=[])
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            began = time.process_time()  # not what the machine does besides
            yield
    finally:
        _watched["path"] = None
    seconds = time.process_time() - began
    assert not _watched["seen"], f"it did what no file may ask for: {_watched['seen'][:5]}"
    assert not warned, f"it warned: {warned[0].message}"
    assert _state(path.parent) == before, "it changed the folder"
    assert seconds < SECONDS, f"it took {seconds:.1f} s"


def _state(folder):
    with os.scandir(folder) as entries:
        return {(e.name, (s := e.stat()).st_ino, s.st_size, s.st_mtime_ns) for e in entries}


def answer(path, read, kind):
    """Return (what `read` makes of `path`, None) or (None, the sentence that refuses it)."""
    with watched(path):
        try:
            result, error = read(path), None
        except Exception as caught:
            result, error = None, caught
    if error is None:
        return result, None
    told = str(error)
    assert type(error) is kind, f"{type(error).__name__}: {told:.300}"
    assert told.isprintable(), f"it is no single line: {told!r:.300}"
    assert str(path) in told, f"it does not name the file: {told:.300}"
    assert len(told) < len(str(path)) + LONGEST, f"it has {len(told)} characters: {told:.300}"
    assert not isinstance(error.__cause__, MemoryError), "it filled the memory that it may have"
    return None, told


def ask_network(path, kind):
    """Return the sentence with which `kind.load` refuses a file, or None if it is right to read it.

    Raises:
        AssertionError: it does neither.
    """
    network, told = answer(path, kind.load, StorageError)
    if network is None:
        return told
    dtype, values = as_others_read(path)
    assert type(network) is kind
    assert dtype in DTYPES
    assert network.params.keys() == values.keys()
    with np.errstate(all="ignore"):  # weights may be as large as they like
        for name, value in network.params.items():
            assert value.dtype == dtype
            assert np.isfinite(value).all()
            np.testing.assert_array_equal(value, np.asarray(values[name], float).astype(dtype))
        x = np.zeros((2, network.in_features or 3), dtype)
        assert network.forward(x).shape == (2, network.out_features or 3)

    copy = path.with_name(f"copy{path.suffix}")
    network.save(copy)
    again = kind.load(copy)
    copy.unlink()
    assert repr(again) == repr(network)
    assert json.dumps(again.trained_with) == json.dumps(network.trained_with)
    for name, value in network.params.items():
        np.testing.assert_array_equal(again.params[name], value)
        assert again.params[name].dtype == value.dtype
    return None


def as_others_read(path):
    """Return the dtype and the parameters of a file as Python's json and NumPy see them."""
    if path.suffix == ".json":
        content = json.loads(path.read_bytes())
        return content["dtype"], content["parameters"]
    with zipfile.ZipFile(path) as archive:
        contents = {name: io.BytesIO(archive.read(name)) for name in archive.namelist()}
    dtype = json.load(contents.pop("network.json"))["dtype"]
    return dtype, {
        name.removesuffix(".npy"): np.lib.format.read_array(content, allow_pickle=False)
        for name, content in contents.items()
    }


def ask_idx(path, content):
    """Return the sentence with which `content` is refused as IDX, or None if it is read rightly."""
    array, told = answer(path, lambda path: parse_idx(content, path), ValueError)
    if array is None:
        return told
    start = 4 + 4 * content[3]
    assert content[:3] == b"\0\0\x08"
    assert array.dtype == np.uint8
    assert array.shape == struct.unpack(f">{content[3]}I", content[4:start])
    assert array.tobytes() == content[start:]
    return None


def ask_gz(path):
    """Return the sentence that refuses a packed IDX file, or None if it is read rightly."""
    content, told = answer(path, unpack, ValueError)
    if content is None:
        return told
    assert len(content) <= MAX_UNPACKED_BYTES
    assert content == gzip.decompress(path.read_bytes())
    return ask_idx(path, content)


# Where they come from -------------------------------------------------------------------------


def real_networks(folder):
    """Return the bytes of small networks of every form, by suffix, as nnlib saves them."""
    half = Sequential([Linear(3, 2, rng=0), TanH()])
    networks = [
        Sequential([half, Linear(2, 2, rng=1), Sigmoid(), Softmax()]),
        Sequential([Linear(2, 3, rng=2, dtype=np.float64)]),
        Sequential([Linear(2, 1, rng=3, dtype=np.float16), Sigmoid()]),
        Sequential([TanH()]),
        Sequential([Sequential([Sequential([Linear(1, 1, rng=4)])])]),
        AutoEncoder(4, 2, 1, rng=5),
        AutoEncoder(6, 1, 2, widths=[6, 3, 1], code="linear", rng=6, dtype=np.float64),
    ]
    networks[0].trained_with = {"loss": "MSELoss()", "learning_rate": 0.01, "epochs": 3}
    networks[5].trained_with = {"seed": [1, None, {"deep": [True, -0.5]}]}
    files = {".json": [], ".npz": []}
    for suffix, contents in files.items():
        for network in networks:
            for dtype in (None, "float16"):
                path = folder / f"network{suffix}"
                network.save(path, dtype)
                contents.append(path.read_bytes())
                path.unlink()
    return files


def real_idx():
    """Return small IDX files, and what MNIST's own begin with."""
    arrays = [
        np.arange(n, dtype=np.uint8).reshape(s) for n, s in ((6, (2, 3)), (5, 5), (8, (2,) * 3))
    ]
    files = [idx(array) for array in arrays] + [idx(np.zeros((0, 28, 28), np.uint8))]
    for name in mnist.CHECKSUMS:
        with gzip.open(data_dir() / "mnist" / f"{name}.gz") as file:
            files.append(file.read(1000))
            array = parse_idx(files[-1][:4] + cut_header(files[-1]))
            files.append(idx(array))
    return files


def cut_header(content):
    """Return the rest of a cut IDX file whose header claims only what is there."""
    sizes = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    values = content[4 + 4 * content[3] :]
    row = int(np.prod(sizes[1:]))
    count = len(values) // row
    return struct.pack(f">{content[3]}I", count, *sizes[1:]) + values[: count * row]


def idx(array):
    """Return an array of bytes in the IDX format."""
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


# How they are changed -------------------------------------------------------------------------

RAW = [
    "NaN", "Infinity", "-Infinity", "1e999", "-0", "1e-999", "9" * 4000, "9" * 5000, "1e308",
    "0." + "1" * 2000, '"\\ud800"', '"\\u0000\\u001b[2J\\n"', '"' + "a" * 3000 + '"', "65520",
    "[" * 200 + "]" * 200, '{"a":' * 150 + "1" + "}" * 150, "true", "false", "null", "-1", "0",
    "1", "2", "1.0", "3.0", "0.5", "10000000000", "3.5e38", '"Sequential"', '"AutoEncoder"',
    '"Linear"', '"TanH"', '"float16"', '"float64"', '"object"', '"<f4"', "[]", "{}", "[[]]",
    "[[1]]", "[1]", "[true]", '["1"]', "[[1, 2], [3]]", '["", "' + "b" * 2000 + '"]',
    '{"kind": "Sequential", "layers": [{"kind": "TanH"}]}', '{"kind": "Sigmoid"}',
]  # fmt: skip
KEYS = ["kind", "layers", "version", "dtype", "0.weight", "0.bias", "in_features", "\ud800", "a\nb"]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"]
WHOLE = [
    0,
    1,
    2,
    3,
    8,
    9,
    12,
    14,
    20,
    46,
    99,
    127,
    128,
    255,
    256,
    65535,
    2**31 - 1,
    2**31,
    2**32 - 1,
]


def changed_bytes(rng, data):
    """Return `data` after a few changes that know nothing of its form."""
    data = bytearray(data or b"\0")
    for _ in range(rng.choice([1, 1, 2, 4])):
        here, length = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 4, 8, 30])
        match rng.randrange(5):
            case 0:
                data[here : here + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[here : here + length]
            case 2:
                data[here:here] = data[here : here + length] * rng.choice([1, 2, 50])
            case 3:
                size = rng.choice([1, 2, 4])
                order = rng.choice(["little", "big"])
                number = rng.choice(WHOLE) % 256**size
                data[here : here + size] = number.to_bytes(size, order)
            case 4:
                del data[here:]
    return bytes(data)


def changed_json(rng, data):
    """Return a JSON document after a few changes of its parts, and now and then of its bytes."""
    try:
        document = [json.loads(data)]  # in a list, so that all of it is a part as well
        for _ in range(rng.choice([1, 1, 2, 3])):
            _change_part(rng, document)
        text = json.dumps(document[0])
    except (ValueError, RecursionError):
        return changed_bytes(rng, data)
    text = re.sub(r'"@(\d+)@"', lambda match: RAW[int(match[1])], text)
    match rng.randrange(20):
        case 0:
            return text.encode(rng.choice(ENCODINGS), "surrogatepass")
        case 1:
            return changed_bytes(rng, text.encode())
        case 2:  # the same key twice
            key = rng.choice(["format", "version", "dtype", "network", "parameters"])
            return text.replace("{", f'{{"{key}": {rng.choice(RAW)}, ', 1).encode()
    return text.encode()


def _change_part(rng, document):
    parts, found = [document], []
    while parts:  # every list and dict, however deep
        part = parts.pop()
        keys = list(part) if isinstance(part, dict) else range(len(part))
        found.extend((part, key) for key in keys)
        parts.extend(part[key] for key in keys if isinstance(part[key], dict | list))
    part, key = rng.choice(found)
    other, other_key = rng.choice(found)
    raw = f"@{rng.randrange(len(RAW))}@"
    match rng.randrange(6):
        case 0 | 1:
            part[key] = raw
        case 2 if part is not document:
            del part[key]
        case 3:
            part[key] = json.loads(json.dumps(other[other_key]))
        case 4:
            part[key], other[other_key] = json.loads(json.dumps((other[other_key], part[key])))
        case _:
            if isinstance(part, dict):
                part[rng.choice(KEYS)] = raw
            elif part is not document:
                part.insert(key, rng.choice([raw, 0.25]))


SHAPES = [
    "()", "(2,)", "(2, 2)", "(3, 2)", "(1, 6)", "(-1,)", "(-1, 2)", "(0,)", "(0, 1000000000000)",
    "(1000000000000,)", "(4294967296, 4294967296)", "(True, 2)", "(3L, 2L)", "(2.0, 3)", "[3, 2]",
    "(" + "1, " * 70 + ")", "(" + "9" * 5000 + ",)", "None", "(1e3,)",
]  # fmt: skip
DESCRS = ["'<f2'", "'>f4'", "'<f8'", "'<f16'", "'|O'", "'<i4'", "'|S4'", "'<U1'", "'<c8'", "'|b1'",
          "[('a', '<f4')]", "('<f4', (2,))", "'\\d'", "'f4,f4'", "'<M8[s]'", "4"]  # fmt: skip
HEADERS = [
    "-" * 9000 + "1", "(" * 9000, "[" * 300 + "]" * 300, "1" + "+1" * 4000, "x" * 20000, "a." * 999,
    "lambda: 1", "__import__('os').system('true')", "{}", "", "1 if 1 else 2", "'\\d'", "{1: [2}",
]  # fmt: skip
NAMES = ["../0.weight.npy", "/etc/0.weight.npy", "0.weight", "0.weight.npy", "network.json", "",
         "a\nb.npy", "C:\\0.bias.npy", "\u202e.npy", "é" * 300, "0.weight.npy\0.txt"]  # fmt: skip
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED] * 15 + [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def changed_npz(rng, data):
    """Return an archive after a few changes of its members, packed again with right checksums."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > 10**6 or not infos or len(infos) > 200:
                raise zipfile.BadZipFile
            members = [[i.filename, archive.read(i)] for i in infos if i.compress_type in (0, 8)]
    except Exception:  # it has been damaged before, and stays so
        return changed_bytes(rng, data)
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        if members:
            _change_member(rng, members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the same name twice is meant
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, rng.choice(METHODS))
        if rng.random() < 0.03:
            archive.comment = b"PK\5\6" * rng.randrange(100)
    packed = packed.getvalue()
    match rng.randrange(12):
        case 0 | 1:
            return _with_a_changed_field(rng, packed)
        case 2:
            return changed_bytes(rng, packed)
        case 3:
            return rng.choice([b"hello", packed]) + packed
    return packed


def _change_member(rng, members):
    member = rng.choice(members)
    name, content = member
    match rng.randrange(9):
        case 0 | 1 | 2 | 3:
            change = changed_json if name.endswith(".json") else changed_npy
            member[1] = change(rng, content)
        case 4:
            member[0] = rng.choice([*NAMES, rng.choice(members)[0]])
        case 5:
            members.append([rng.choice([name, *NAMES]), rng.choice(members)[1]])
        case 6:
            members.remove(member)
        case 7:
            member[1] = rng.choice(members)[1]
        case 8:
            bomb = rng.choice([bytes(300_000), b"[" + b"[]," * 3000 + b"1]", content * 500])
            member[1] = bomb


def changed_npy(rng, content):
    """Return an .npy file after a change of its header or of its numbers."""
    parts = re.fullmatch(rb"\x93NUMPY(..)(..)(\{[^}]*\})( *\n)(.*)", content, re.DOTALL)
    if not parts:
        return changed_bytes(rng, content)
    version, _, header, padding, numbers = parts.groups()
    match rng.randrange(8):
        case 0:
            header = re.sub(rb"\([^)]*\)", rng.choice(SHAPES).encode(), header)
        case 1:
            header = re.sub(
                rb"'[<>|]\w+'", rng.choice(DESCRS).encode().replace(b"\\", rb"\\"), header
            )
        case 2:
            header = header.replace(b"False", rng.choice([b"True", b"1", b"None"]))
        case 3:
            header = rng.choice(HEADERS).encode()
        case 4:
            header = changed_bytes(rng, header)
        case 5:
            version = rng.choice([b"\2\0", b"\3\0", b"\0\0", b"\xff\xff"])
        case 6:
            numbers = changed_bytes(rng, numbers)
        case 7:  # other numbers, as many; NaN and infinity among them
            numbers = rng.randbytes(len(numbers))
    text = (header + padding)[:65535]
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + numbers


# Where an archive's directory has its fields, offset and size: in a member's entry; at the end.
ENTRY = [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2),
         (32, 2), (34, 2), (42, 4)]  # fmt: skip
END = [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]


def _with_a_changed_field(rng, packed):
    packed, places = bytearray(packed), []
    for mark, fields in ((b"PK\1\2", ENTRY), (b"PK\5\6", END)):
        places += [(m.start() + at, size) for m in re.finditer(mark, packed) for at, size in fields]
    at, size = rng.choice(places)
    now = int.from_bytes(packed[at : at + size], "little")
    number = rng.choice([*WHOLE, now + 1, now - 1, now * 2, now ^ 1]) % 256**size
    packed[at : at + size] = number.to_bytes(size, "little")
    return bytes(packed)


def changed_idx(rng, data):
    """Return an IDX file after a change of its header or of its bytes."""
    if len(data) < 4 or rng.random() < 0.3:
        return changed_bytes(rng, data)
    dimensions = rng.choice([0, 1, 1, 2, 3, 3, 4, 32, 33, 64, 65, 255])
    sizes = [rng.choice([0, 1, 1, 1, 2, 28, 255, 2**31, 2**32 - 1]) for _ in range(dimensions)]
    length = int(np.prod(sizes, dtype=object)) if rng.random() < 0.8 else rng.randrange(30)
    header = bytes([*rng.choice([b"\0\0\x08"] * 5 + [b"\0\0\x0d", b"\0\1\x08"]), dimensions])
    return header + struct.pack(f">{dimensions}I", *sizes) + rng.randbytes(min(length, 1000))


def changed_gz(rng, data):
    """Return a packed file after a change of what it holds, of its wrapping, or of its bytes."""
    try:
        content = zlib.decompressobj(31).decompress(data, 100_000)
    except zlib.error:
        return changed_bytes(rng, data)
    if rng.random() < 0.7:
        content = changed_idx(rng, content)
    packed = gzip.compress(content, rng.choice([0, 1, 9]), mtime=0)
    match rng.randrange(12):
        case 0:
            return changed_bytes(rng, packed)
        case 1:
            return packed + rng.choice([b"\0" * 50, b"hello", packed, gzip.compress(b"") * 200])
        case 2:  # a name, a comment or more before the content
            extra = rng.choice(
                [b"name\0", b"\4\0abcd", b"\xff\xffa", b"no end", b"a" * 5000 + b"\0"]
            )
            return (
                packed[:3]
                + bytes([rng.choice([2, 4, 8, 16, 31, 224])])
                + packed[4:10]
                + extra
                + packed[10:]
            )
        case 3 if rng.randrange(100) == 37:  # rarely: it takes a while
            packer = zlib.compressobj(9, wbits=31)
            return packer.compress(bytes(MAX_UNPACKED_BYTES + 1)) + packer.flush()
    return packed
