"""Networks as files: what they are made of and every parameter.

Two formats, chosen by suffix. `.json` is text that a person can open; `.npz` is compact, and
`numpy.load` opens it too. Both hold a format version, the description of the network, how it was
trained, and the parameters. Neither can hold code. A file is written beside its final place and
renamed, so that a crash leaves the old file whole; what is read is believed only after its sizes
agree with the bytes that are really there.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np

from nnlib._advice import init_parameters

FORMAT, VERSION = "nnlib network", 1
DTYPES = "float16", "float32", "float64"
HEADER = "network.json"  # the member of an .npz file that holds all but the parameters
#: The most bytes, unpacked, that are written or read. The book's largest network needs 26 million
#: as .json and 6 million as .npz. Text becomes objects of up to thirty times its size.
MAX_FILE_BYTES = {".json": 2**26, ".npz": 2**28, HEADER: 2**20}
#: How an array begins in an .npz file, with the type of its numbers, and one size or two. NumPy's
#: own reader evaluates this as Python, and can be made to warn or to work long.
NPY = re.compile(
    rb"\x93NUMPY\x01\x00(..){'descr': '([<>]f[248])', 'fortran_order': False, "
    rb"'shape': \(([1-9]\d*), ?([1-9]\d*)?\), } *\n",
    re.DOTALL,
)


class StorageError(ValueError):
    """A file that does not hold a network nnlib can read, or a network that no file can hold."""


#: The classes whose objects a file can hold, by name; each enters where it is made.
KINDS: dict[str, type] = {}
#: What a file tells of an object, besides its kind and its parameters. Of a class that is not
#: listed here, such as an activation, it tells all arguments.
STORED_SETTINGS = {
    "Linear": ("in_features", "out_features"),
    "AutoEncoder": ("input_dim", "latent_dim", "steps", "widths", "code"),
}


def save(path, network, dtype=None) -> None:
    """Write a network to `path`; see `Sequential.save`."""
    kind = next(base for base in type(network).__mro__ if KINDS.get(base.__name__) is base)
    write(path, _describe(network, kind), network.params, network.trained_with, dtype)


def load(path, cls):
    """Return the network in the file at `path`; see `Sequential.load`."""
    header, arrays = read(path)
    with as_storage_error(path):
        if (kind := header["network"]["kind"]) != cls.__name__:
            raise StorageError(
                f"{path} holds a network of kind {kind!r:.50}, not {cls.__name__!r}: load it "
                f"with the class of that name."
            )
        network = _rebuild(header["network"], arrays)
        if _describe(network, cls) != header["network"] or network.params.keys() != arrays.keys():
            raise ValueError("its parameters are not those of the network it describes")
        for name, value in network.params.items():
            if value.shape != arrays[name].shape:
                raise ValueError(f"{name} has shape {arrays[name].shape}, not {value.shape}")
            value[...] = arrays[name]
        network.trained_with = header["trained_with"]
    return network


def _describe(module, kind) -> dict:
    """Return what a file tells of a module, parameters aside: kinds and sizes."""
    if kind is KINDS["Sequential"]:
        layers = [_describe(layer, type(layer)) for layer in module.layers]
        return {"kind": "Sequential", "layers": layers}
    if KINDS.get(kind.__name__) is not kind:
        raise StorageError(f"Files know {', '.join(KINDS)}, but not {module}.")
    names = STORED_SETTINGS.get(kind.__name__) or [one.name for one in init_parameters(kind)]
    if missing := [name for name in names if name not in vars(module)]:
        raise StorageError(
            f"{module} keeps no {missing[0]}, without which no file can make it anew: write "
            f"self.{missing[0]} = {missing[0]} in its __init__."
        )
    return {"kind": kind.__name__} | {name: getattr(module, name) for name in names}


def _rebuild(description, arrays, prefix=""):
    """Return a module of the kinds in `description`, sized by the `arrays` alone.

    A file may claim any size; room is made only for the weights that it really brings.
    """
    match description["kind"]:
        case "Sequential":
            layers = enumerate(description["layers"])
            return KINDS["Sequential"](
                [_rebuild(layer, arrays, f"{prefix}{position}.") for position, layer in layers]
            )
        case "AutoEncoder":
            steps = description["steps"]
            weights = [arrays[f"{prefix}encoder.{2 * step}.weight"] for step in range(steps)]
            widths = [weights[0].shape[0], *(weight.shape[1] for weight in weights)]
            if [weight.shape for weight in weights] != list(pairwise(widths)):
                raise ValueError("the weights of its encoder do not fit each other")
            how = {"widths": widths, "code": description["code"], "dtype": weights[0].dtype}
            return KINDS["AutoEncoder"](widths[0], widths[-1], steps, init="zeros", **how)
        case "Linear":
            weight = arrays[f"{prefix}weight"]
            return KINDS["Linear"](*weight.shape, init="zeros", dtype=weight.dtype)
        case kind:
            settings = {name: value for name, value in description.items() if name != "kind"}
            return KINDS[kind](**settings)


def write(path, description: dict, params: dict, trained_with: dict | None, dtype=None) -> None:
    """Write a network to `path`, which ends in .json or .npz.

    A file that is replaced leaves its permissions to the new one, and a link goes on pointing to
    it. A process killed in the middle leaves a hidden `.NAME.….tmp` beside the old file, which
    nothing reads.

    Args:
        description: what `_describe` returns.
        params: arrays by name.
        trained_with: settings of the training, or None.
        dtype: the type stored; None keeps that of the parameters. float16 halves an .npz.

    Raises:
        StorageError: another suffix; parameters that are not finite in the stored type; settings
            that JSON has no form for; more bytes than `MAX_FILE_BYTES`.
        OSError: the file cannot be written; what was there before is untouched.
    """
    path, write_as = Path(path), {".json": _write_json, ".npz": _write_npz}
    if path.suffix not in write_as:
        raise StorageError(f"{path} must end in .json (text) or .npz (compact).")
    _refuse_special(path)
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
    final = Path(os.path.realpath(path))
    temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            write_as[path.suffix](file, _validate_header(header, path), arrays)
            _check_size(path.suffix, file.tell())
            file.flush()
            os.fsync(file.fileno())
        if final.exists():
            shutil.copymode(final, temporary)
        temporary.replace(final)
    except OSError as error:  # a full disk, for one, does not name the file
        raise OSError(error.errno, error.strerror, str(path)) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise StorageError(f"{path} was not written ({error}).") from error
    finally:
        with contextlib.suppress(OSError):  # it is not there, unless something failed
            temporary.unlink()


def read(path) -> tuple[dict, dict]:
    """Return the header of the file at `path` and its parameters, in the network's own dtype.

    Raises:
        StorageError: the file is truncated, foreign, damaged, or of a newer format.
        OSError: the file cannot be opened.
    """
    path, read_as = Path(path), {".json": _read_json, ".npz": _read_npz}
    if path.suffix not in read_as:
        raise StorageError(f"{path} must end in .json or .npz.")
    _refuse_special(path)
    with path.open("rb") as file, as_storage_error(path):
        _check_size(path.suffix, os.fstat(file.fileno()).st_size)
        header, arrays = read_as[path.suffix](file)
        if header["dtype"] not in DTYPES:
            raise ValueError(f"dtype {header['dtype']!r}")
        for name, value in arrays.items():
            with np.errstate(over="ignore"):
                arrays[name] = value.astype(header["dtype"])
            if not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} holds numbers that are not finite")
        return header, arrays


@contextlib.contextmanager
def as_storage_error(path):
    """Turn whatever a damaged file provokes into one StorageError.

    The parsers below can raise nearly anything on hostile bytes, and each means the same here. What
    they say may quote the file at any length.
    """
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        said = str(error)[:200] or type(error).__name__
        reason = "".join(letter if letter.isprintable() else " " for letter in said)
        raise StorageError(f"{path} is damaged or is no nnlib network ({reason}).") from error


def _refuse_special(path):
    """Refuse what is no file: a pipe would never answer, a device never end."""
    if path.exists() and not path.is_file():
        raise StorageError(f"{path} is a folder, a pipe or a device, but not a file.")


def _check_size(kind, size):
    if size > MAX_FILE_BYTES[kind]:
        raise ValueError(
            f"{size} bytes are more than the {MAX_FILE_BYTES[kind]} that {kind} may have"
        )


def _validate_header(header: dict, path) -> dict:
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']!r}")
    version = header["version"]
    if type(version) is not int or version < 1:
        raise ValueError(f"format version {version!r}")
    if version > VERSION:
        raise StorageError(
            f"{path} has format version {version!r:.20}, but this nnlib reads up to {VERSION}: "
            f"update nnlib."
        )
    if not isinstance(header["trained_with"], dict | None):
        raise ValueError(f"trained_with must be a dict or None, not {header['trained_with']!r}")
    _json(header["trained_with"])  # what could not be written again is not read
    return header


def _json(document) -> bytes:
    def plain(value):  # NumPy's numbers become Python's
        if isinstance(value, np.generic):
            return value.item()
        raise TypeError(f"JSON has no form for {value!r}")

    return json.dumps(document, indent=1, default=plain, allow_nan=False).encode()


def _write_json(file, header, arrays):
    def shortest(value):  # float32 through str keeps its shortest form: 0.1, not 0.10000000149…
        exact = value.astype(np.promote_types(value.dtype, np.float32))
        return exact.astype(str).astype(float).tolist()

    values = {name: shortest(value) for name, value in arrays.items()}
    file.write(_json(header | {"parameters": values}))


def _read_json(file):
    header = _validate_header(json.load(file), file.name)
    return header, {name: _numbers(name, value) for name, value in header["parameters"].items()}


def _numbers(name, value):
    # As objects, since NumPy would give each number of a list the room of a long text in it.
    array = np.array(value, dtype=object)
    if not {type(number) for number in array.flat} <= {int, float}:
        raise ValueError(f"{name} holds something else than numbers")
    return array.astype(float)


def _write_npz(file, header, arrays):
    def member(name):  # without the time of day, so that the same network gives the same file
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    text = _json(header)
    _check_size(HEADER, len(text))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member(HEADER), text)
        for name, value in arrays.items():
            with archive.open(member(f"{name}.npy"), "w") as content:
                np.lib.format.write_array(content, np.ascontiguousarray(value), allow_pickle=False)
        _check_size(".npz", sum(member.file_size for member in archive.infolist()))


def _read_npz(file):
    with zipfile.ZipFile(file) as archive:
        members = {member.filename: member for member in archive.infolist()}
        # A small file can unpack to a thousand times its size, and must not fill the memory.
        _check_size(".npz", sum(member.file_size for member in archive.infolist()))
        _check_size(HEADER, members[HEADER].file_size)
        header = _validate_header(json.loads(_content(archive, members.pop(HEADER))), file.name)
        arrays = {
            name.removesuffix(".npy"): _read_npy(_content(archive, member))
            for name, member in members.items()
        }
        if len(arrays) + 1 < len(archive.infolist()):
            raise ValueError("two of its members have the same name")
    return header, arrays


def _content(archive, member):
    """Return what a member holds, but no more than it claims."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename} is packed in a way that unpacks without a limit")
    with archive.open(member) as stream:
        return stream.read(member.file_size)  # to its end, where the checksum is compared


def _read_npy(content):
    """Return the array in the bytes of an .npy file, which may claim any shape."""
    found = NPY.match(content)
    if not found or int.from_bytes(found[1], "little") != found.end() - 10:
        raise ValueError("an array is not of the form that NumPy gives to rows of floats")
    shape = [int(size) for size in found.groups()[2:] if size]
    return np.frombuffer(content, found[2].decode(), offset=found.end()).reshape(shape)
