"""A Python kernel in a box: the grader sends it code, and trusts nothing but its replies.

bubblewrap (Linux) makes the box. In it there are the interpreter, nnlib, the data and one folder to
write in; no network, no other process, and nothing that outlives it. The grader stays outside, asks
over a socket in that folder, and writes results where no submission reaches.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from queue import Empty
from typing import NamedTuple

import matplotlib
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import write_connection_file

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("runner.py")
LIBRARY, DATA = ROOT / "nnlib", ROOT / "data"

START = 60  # seconds in which Python must be there
GRACE = 5  # seconds in which a cell that is interrupted must end
FOLDER = 256 * 2**20  # bytes of all files that a submission writes
REPLY = 16 * 2**20  # bytes of an answer over the socket


class Ended(Exception):
    """The kernel is no more; the message says why."""


class Reply(NamedTuple):
    """What came of a piece of code: the error, if any, and whether it had to be interrupted."""

    error: str | None
    late: bool


def box(work) -> list:
    """Return the command that runs what follows it in a box, which can write in `work` alone."""
    system = [
        "/usr",
        "/bin",
        "/lib",
        "/lib64",
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/ld.so.cache",
    ]
    seen = [*system, sys.base_prefix, sys.prefix, RUNNER, LIBRARY, DATA]
    shown = [word for path in seen for word in ("--ro-bind-try", path, path)]
    return [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--proc", "/proc", "--dev", "/dev", *shown, "--bind", work, work, "--chdir", work),
        *("--remount-ro", "/"),
    ]


@cache
def missing() -> str | None:
    """Return why there can be no box on this machine; None: there can."""
    with tempfile.TemporaryDirectory() as work:
        try:
            done = subprocess.run([*box(work), "true"], capture_output=True, text=True)
        except FileNotFoundError:
            return "bubblewrap is not installed"
    return done.stderr.strip() if done.returncode else None


def environment(work) -> dict:
    """Return the variables that a kernel sees: where it may write, by the names of all systems."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "SYSTEMROOT") if key in os.environ}
    kept |= dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE", "TEMP", "TMP", "MPLCONFIGDIR"), work)
    kept |= {"PYTHONPATH": str(LIBRARY.parent), "NNLIB_DATA": str(DATA)}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Kernel:
    """A kernel in a folder of its own, there from `async with` on, and gone with all after it."""

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)
        work = self.work = Path(self.folder.name)
        transport = {} if os.name == "nt" else {"transport": "ipc", "ip": str(work / "socket")}
        file, _ = write_connection_file(str(work / "kernel.json"), **transport)
        command = [*([] if missing() else box(work)), sys.executable, RUNNER, file]
        for fonts in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
            shutil.copy(fonts, work)  # to list them anew takes longer than most exercises
        with (work / "log").open("wb") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), cwd=work, env=environment(str(work)),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, REPLY)
        self.client = AsyncKernelClient(context=context)
        self.client.load_connection_file(file)
        # Nobody listens to what is printed, so a flood of it costs nothing.
        self.client.start_channels(iopub=False, stdin=False, hb=False)
        try:
            await self._reply(self.client.kernel_info(), START)
        except BaseException as error:
            said = (work / "log").read_text(errors="replace").strip().rpartition("\n")[2]
            await self.__aexit__()
            if isinstance(error, Ended):
                raise RuntimeError(f"its kernel does not start: {error} ({said})") from None
            raise
        return self

    async def __aexit__(self, *_):
        self.client.stop_channels()
        self.client.context.destroy(linger=0)
        with contextlib.suppress(ProcessLookupError):  # whatever it may have left running
            self.process.kill() if os.name == "nt" else os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.folder.cleanup()

    async def run(self, code, seconds) -> Reply:
        """Run code; interrupt it after some seconds. Raise Ended if the kernel did not survive."""
        content, late = await self._reply(self.client.execute(code, stop_on_error=False), seconds)
        if any(one.get("source") == "ask_exit" for one in content.get("payload", ())):
            raise Ended("it quit Python")
        if content.get("status") == "ok":
            return Reply(None, late)
        error = f"{content.get('ename')}: {content.get('evalue')}"[:3000]
        return Reply(f"it was interrupted after {seconds} seconds" if late else error, late)

    async def _reply(self, message, seconds):
        """Wait for the reply to a message."""
        end, late = time.monotonic() + seconds, False
        while True:
            with contextlib.suppress(Empty):
                reply = await self.client.get_shell_msg(timeout=0.5)
                if reply["parent_header"].get("msg_id") == message:
                    return reply["content"], late
            if self.process.poll() is not None:
                raise Ended("it ended Python")
            files = [path for path in self.work.rglob("*") if path.is_file()]
            if sum(path.stat().st_size for path in files) > FOLDER:
                raise Ended(f"it was stopped: it wrote more than {FOLDER >> 20} MB")
            if time.monotonic() > end + GRACE:
                raise Ended(f"it was stopped after {seconds} seconds, as no interruption helped")
            if time.monotonic() > end and not late:
                late = True
                self.client.control_channel.send(self.client.session.msg("interrupt_request"))
