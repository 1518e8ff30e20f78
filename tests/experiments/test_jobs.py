import signal

from threadpoolctl import threadpool_info, threadpool_limits

from nnlib.experiments import jobs


def test_each_job_comes_with_its_result():
    found = dict(jobs.run(pow, [(2, 3), (3, 2)], title="powers", processes=1))
    assert found == {(2, 3): 8, (3, 2): 9}


def test_what_is_done_is_left_out():
    found = jobs.run(abs, [(1,), (2,)], title="", processes=1, done=lambda number: number == 1)
    assert list(found) == [((2,), 2)]


def test_the_long_ones_of_a_stage_come_first_and_a_stage_begins_when_the_last_is_kept():
    kept = []

    def arguments(stage, cost):
        assert {job[0] for job in kept} >= set(range(stage))
        return stage, cost

    order = [(1, 5), (0, 1), (0, 3), (1, 7)]
    for job, _ in jobs.run(
        max, order, title="", processes=1, arguments=arguments,
        stage=lambda stage, cost: stage, cost=lambda stage, cost: cost,
    ):  # fmt: skip
        kept.append(job)
    assert kept == [(0, 3), (0, 1), (1, 7), (1, 5)]


def threads():
    """Return the threads of each library for matrix products."""
    return [library["num_threads"] for library in threadpool_info()]


def test_a_job_has_one_thread_here_and_in_another_process():
    for processes in (1, 2):
        with threadpool_limits(2):  # whatever the environment says
            ((_, found),) = jobs.run(threads, [()], title="", processes=processes)
        assert found
        assert set(found) == {1}


def ctrl_c():
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_ctrl_c_is_left_to_the_command():
    found = jobs.run(ctrl_c, [()], title="", processes=2)
    assert list(found) == [((), True)]
