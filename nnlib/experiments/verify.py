"""Do the networks, the tables and the verdicts belong together?"""

from tqdm.auto import tqdm

from nnlib.autoencoder import AutoEncoder
from nnlib.experiments import grid, multiverse, results
from nnlib.experiments.evaluate import forward_in_parts
from nnlib.experiments.folders import Images
from nnlib.experiments.results import Measurement
from nnlib.experiments.verdicts import errors_of, of_the_book, table
from nnlib.losses import MSELoss

TOLERANCE = 1e-3  # by so much, relatively, half precision may change an error


def verify() -> list[str]:
    """Return what does not fit, a sentence each; nothing if all is well.

    Every network's error on the test set is measured and compared with the table's, and every
    verdict is judged anew from the tables; of those under other choices, those that differ from the
    book in one choice, and some of the others.
    """
    return [
        *(
            complaint
            for data_set in grid.KEPT
            for complaint in (
                *wrong_networks(data_set, errors_of(data_set), Images(data_set).load().X_test),
                *wrong_verdicts(data_set),
            )
        ),
        *wrong_universes(),
    ]


def wrong_networks(data_set: str, errors, X) -> list[str]:
    """Return a sentence for each network whose error on `X` is not the one in the table."""
    complaints = []
    for checkpoint in tqdm(grid.KEPT[data_set], desc=f"verify {data_set}", unit="network"):
        file = grid.path(checkpoint, data_set)
        network = AutoEncoder.load(file)
        found = MSELoss().forward(forward_in_parts(network, X), X)
        told = errors(Measurement(checkpoint), "mse")[network.trained_with["seed"]]
        if abs(found - told) > TOLERANCE * told:
            complaints.append(
                f"{file} errs by {found:.6f}, but the table noise.csv says {told:.6f}."
            )
    return complaints


def wrong_verdicts(data_set: str = "mnist") -> list[str]:
    """Return a sentence if the table of verdicts is not what the other tables lead to."""
    file = results.path("verdicts", data_set)
    kept, found = results.read(file), table(of_the_book(data_set).values())
    if len(kept) != len(found):
        return [f"{file} has {len(kept)} rows, but should have {len(found)}."]
    return [
        f"{file} says of {row['claim']} {row}, but the results say {new}."
        for row, new in zip(kept, found, strict=True)
        if not same(row, new)
    ]


def wrong_universes(every: int = 20) -> list[str]:
    """Return a sentence for each row of the table of other choices that is not what they lead to.

    Of the sample, one in `every` is judged anew.
    """
    kept = results.read(results.path("multiverse"))
    found = [(row["kind"], multiverse.choices_of(row)) for row in kept]
    if found != multiverse.chosen():
        return [
            "multiverse.csv has other choices than nnlib.experiments.multiverse: make it anew with "
            "`python -m nnlib.experiments multiverse`."
        ]
    looked_at = [at for at, (kind, _) in enumerate(found) if kind == "single" or at % every == 0]
    return [
        f"multiverse.csv says of {found[at][1]} that {name} is {kept[at][name]!r}, but the results "
        f"say {value!r}."
        for at in looked_at
        for name, value in multiverse.row(*found[at]).items()
        if name.endswith(("_kept", "_changed")) and value != kept[at][name]
    ]


def same(row: dict, new: dict) -> bool:
    """Return whether two rows agree, numbers to about the digits that a table keeps."""
    return row.keys() == new.keys() and all(
        abs(value - row[name]) <= 1e-5 * abs(value)
        if isinstance(value, float)
        else value == row[name]
        for name, value in new.items()
    )
