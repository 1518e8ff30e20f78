"""Where the data lies."""

import os
from pathlib import Path


def data_dir() -> Path:
    """Return the folder: NNLIB_DATA, else `data` beside the library, else `data` here."""
    beside = Path(__file__).resolve().parents[2] / "data"
    place = os.environ.get("NNLIB_DATA") or (beside if beside.is_dir() else "data")
    return Path(place).expanduser()
