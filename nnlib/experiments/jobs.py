"""What all commands that train or measure share: jobs, done side by side.

A job is a tuple. Whoever calls `run` keeps each result as it comes, and says which are there
already: so a command that is stopped goes on where it was.
"""

import contextlib
import signal
from itertools import groupby

import scipy.linalg.blas  # noqa: F401  (before its threads are limited, it must be there)
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed} gone, {remaining} left{postfix}"


def run(
    function,
    jobs,
    *,
    title: str,
    processes: int = 2,
    scheduler: str | None = None,
    done=lambda *job: False,
    arguments=lambda *job: job,
    cost=lambda *job: 1,
    stage=lambda *job: 0,
    label=lambda *job: "",
):
    """Yield (job, result) for each job that is not done yet, and show how far it all is.

    Args:
        function: does a job, in another process, with one thread for its matrix products: how many
            threads share a product decides how it is rounded.
        jobs: tuples.
        title: stands before the bar.
        processes: jobs at a time.
        scheduler: the address of a Dask scheduler, whose workers then do the jobs instead.
        done: called with the fields of a job, returns whether its result is there already; then
            it is left out.
        arguments: called likewise when a job's turn comes, returns the arguments of `function`; so
            what is large, such as a network, is read late, and here.
        cost: called likewise, returns about how long a job takes, in any unit. The long ones come
            first, for the short ones fill the gap at the end.
        stage: called likewise. A stage begins when all jobs of those before it are done.
        label: called likewise, returns what stands behind the bar when the job is done.
    """
    missing = [job for job in jobs if not done(*job)]
    ordered = sorted(missing, key=lambda job: (stage(*job), -cost(*job)))
    total = sum(cost(*job) for job in ordered)
    with workers(processes, scheduler), tqdm(total=total, desc=title, bar_format=BAR) as bar:
        for _, together in groupby(ordered, key=lambda job: stage(*job)):
            # max_nbytes=None: else joblib hands large arrays over as files that cannot be changed.
            parallel = Parallel(return_as="generator_unordered", max_nbytes=None)
            for job, result in parallel(
                delayed(_do)(function, job, arguments(*job)) for job in together
            ):
                yield job, result
                bar.set_postfix_str(label(*job))
                bar.update(cost(*job))


def _do(function, job, arguments):
    with threadpool_limits(1):
        return job, function(*arguments)


@contextlib.contextmanager
def workers(processes: int, scheduler: str | None = None):
    """Let joblib work on processes here or, within this context, on those of a Dask scheduler."""
    if scheduler is None:
        # Ctrl-C is for the command, which then ends its processes: each would print where it was.
        quiet = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_IGN)}
        with parallel_config("loky", n_jobs=processes, inner_max_num_threads=1, **quiet):
            yield
    else:
        from dask.distributed import Client

        with Client(scheduler), parallel_config(backend="dask"):
            yield  # a worker of Dask keeps to one thread for products by itself
