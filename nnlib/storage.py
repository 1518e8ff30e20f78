"""Networks as files: what they are made of and every parameter. Floor 2.

Two formats, chosen by suffix. `.json` is text that a person can open; `.npz` is compact, and
`numpy.load` opens it too. Both hold a format version, the description of the network, how it was
trained, and the parameters. Neither can hold code. A file is written beside its final place and
renamed, so that a crash leaves the old file whole; what is read is believed only after its sizes
agree with the bytes that are really there.
"""

import contextlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np

FORMAT, VERSION = "nnlib network", 1
DTYPES = "float16", "float32", "float64"
LARGEST = 2**28  # bytes that a small .npz file may unpack to; the book's largest needs 3 million
HEADER = "network.json"  # the member of an .npz file that holds all but the parameters


class StorageError(ValueError):
    """A file that does not hold a network nnlib can read, or a network that no file can hold."""


def write(path, description: dict, params: dict, trained_with: dict | None, dtype=None) -> None:
    """Write a network to `path`, which ends in .json or .npz.

    Args:
        description: what `Sequential.describe` returns.
        params: arrays by name.
        trained_with: settings of the training, or None.
        dtype: the type stored; None keeps that of the parameters. float16 halves an .npz.

    Raises:
        StorageError: another suffix, or parameters that are not finite in the stored type.
        OSError: the file cannot be written; what was there before is untouched.
    """
    path, write_as = Path(path), {".json": _write_json, ".npz": _write_npz}
    if path.suffix not in write_as:
        raise StorageError(f"{path} must end in .json (text) or .npz (compact).")
    with np.errstate(over="ignore"):
        arrays = {name: value.astype(dtype or value.dtype) for name, value in params.items()}
    for name, value in arrays.items():
        if str(value.dtype) not in DTYPES:
            raise StorageError(f"{path} can hold {', '.join(DTYPES)}, but not {value.dtype}.")
        if not np.isfinite(value).all():
            raise StorageError(f"{path} was not written: {name} is not finite as {value.dtype}.")
    header = {
        "format": FORMAT,
        "version": VERSION,
        "dtype": str(next(iter(params.values())).dtype) if params else "float32",
        "trained_with": trained_with,
        "network": description,
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write_as[path.suffix](file, header, arrays)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path) -> tuple[dict, dict]:
    """Return the header of the file at `path` and its parameters, in the network's own dtype.

    Raises:
        StorageError: the file is truncated, foreign, damaged, or of a newer format.
        OSError: the file cannot be opened.
    """
    path, read_as = Path(path), {".json": _read_json, ".npz": _read_npz}
    if path.suffix not in read_as:
        raise StorageError(f"{path} must end in .json or .npz.")
    with path.open("rb") as file, explained(path):
        header, arrays = read_as[path.suffix](file)
        if header["dtype"] not in DTYPES:
            raise ValueError(f"dtype {header['dtype']!r}")
        for name, value in arrays.items():
            if value.dtype.kind not in "fiu":
                raise ValueError(f"{name} holds something else than numbers")
            with np.errstate(over="ignore"):
                arrays[name] = value.astype(header["dtype"])
            if not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} holds numbers that are not finite")
        return header, arrays


@contextlib.contextmanager
def explained(path):
    """Turn whatever a damaged file provokes into one StorageError.

    The parsers below can raise nearly anything on hostile bytes, and each means the same here.
    """
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        raise StorageError(f"{path} is damaged or is no nnlib network ({error}).") from error


def _checked(header: dict) -> dict:
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']!r}")
    if header["version"] > VERSION:
        raise StorageError(
            f"The file has format version {header['version']}, but this nnlib reads up to "
            f"{VERSION}: update nnlib."
        )
    return header


def _json(document) -> bytes:
    numpy_number = np.generic.item  # NumPy's numbers become Python's
    return json.dumps(document, indent=1, default=numpy_number).encode()


def _write_json(file, header, arrays):
    def shortest(value):  # float32 through str keeps its shortest form: 0.1, not 0.10000000149…
        exact = value.astype(np.promote_types(value.dtype, np.float32))
        return exact.astype(str).astype(float).tolist()

    values = {name: shortest(value) for name, value in arrays.items()}
    file.write(_json(header | {"parameters": values}))


def _read_json(file):
    header = _checked(json.load(file))
    return header, {name: np.array(value) for name, value in header["parameters"].items()}


def _write_npz(file, header, arrays):
    def member(name):  # without the time of day, so that the same network gives the same file
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member(HEADER), _json(header))
        for name, value in arrays.items():
            with archive.open(member(f"{name}.npy"), "w") as content:
                np.lib.format.write_array(content, np.ascontiguousarray(value), allow_pickle=False)


def _read_npz(file):
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        # A small file can unpack to a thousand times its size, and must not fill the memory. No
        # more is read of a member than it claims here.
        most = max(LARGEST, os.fstat(file.fileno()).st_size)
        if (claimed := sum(member.file_size for member in members)) > most:
            raise ValueError(f"its contents claim to be {claimed} bytes")
        header = _checked(json.loads(archive.read(HEADER)))
        arrays = {}
        for member in members:
            if member.filename != HEADER:
                with archive.open(member) as stream:
                    arrays[member.filename.removesuffix(".npy")] = _read_npy(stream)
    return header, arrays


def _read_npy(stream):
    """Read one array, whose header may claim any shape."""
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"array format {version}")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
    count = int(np.prod(shape, dtype=object)) if shape else 1
    content = stream.read()  # to its end, where the archive's checksum is compared
    if dtype.kind != "f" or fortran_order or len(content) != count * dtype.itemsize:
        raise ValueError(f"an array of {shape} {dtype} in {len(content)} bytes")
    return np.frombuffer(content, dtype).reshape(shape)
