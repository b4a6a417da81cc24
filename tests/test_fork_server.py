"""Kernels forked from a process that has imported what they need.

The same as others, nothing of one in another, and none outlives whoever asked for it.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import psutil
import pytest
from interrupted import within
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat import NotebookNode
from rendered import PARTS, PERIOD, PROJECT

import ffanalysis as ff
from ffanalysis import checks, read
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.errors import ProjectUnknown
from ffanalysis.findings import Finding
from ffanalysis.render import fork_server, kernel_client, provisioner
from ffanalysis.render.task import SHARES_VARIABLE
from ffanalysis.render.temporary_folders import socket_folder
from ffanalysis.run.cache import RunCache, store_project, store_quarter
from ffanalysis.run.project_rows import ProjectRows
from ffanalysis.tables import TABLE_NAMES

pytestmark = pytest.mark.skipif(not kernel_client.can_fork(), reason="this system cannot fork")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="this system does not list descriptors"
)

PAPERMILL = Path(sys.executable).parent / "papermill"
SECONDS = 60  # what takes a moment may take so long on a busy machine
SLEEPS = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"

# A parent says where its fork server is, and waits to be killed.
OWNER = """
import sys
from ffanalysis.render import kernel_client
server = kernel_client.KernelForkServer()
server.open()
print(server.address, server._process.pid, flush=True)
sys.stdin.read()
"""


class Asked:
    """A kernel that is asked cell by cell."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)

    def run(self, code: str) -> str:
        """What a cell prints."""
        said: list[str] = []
        reply = self.client.execute_interactive(
            code,
            timeout=SECONDS,
            allow_stdin=False,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(said)

    def begin(self, code: str) -> str:
        """Begin a cell, and go on as soon as it runs; by what its reply is known."""
        mark = Path(self.client.connection_file).with_suffix(".begun")
        # Else what is asked for just after an interrupt would be left undone.
        asked: str = self.client.execute(
            f"open({str(mark)!r}, 'w').close()\n{code}", stop_on_error=False
        )
        assert within(SECONDS, mark.exists)
        return asked


class Kernel(Asked):
    """A kernel of a fork server."""

    def __init__(self, address: str, folder: Path, name: str, **more: str) -> None:
        file = str(folder / f"{name}.json")
        write_connection_file(file, transport="ipc", ip=str(folder / name), kernel_name="python3")
        self.process = kernel_client.ForkedKernel(
            kernel_client.connect(address), ["-f", file], {**os.environ, **more}, str(folder)
        )
        client = BlockingKernelClient(connection_file=file)
        client.load_connection_file()
        super().__init__(client)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self.client.stop_channels()


def gone(*pids: int) -> bool:
    """Whether these processes have ended, or do in time."""
    return within(SECONDS, lambda: not any(runs(pid) for pid in pids))


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[kernel_client.KernelForkServer]:
    with kernel_client.KernelForkServer() as server:
        server.open()
        yield server


@pytest.fixture
def folder() -> Iterator[Path]:
    with socket_folder() as folder:
        yield Path(folder)


@pytest.fixture
def kernel(server: kernel_client.KernelForkServer, folder: Path) -> Iterator[Kernel]:
    kernel = Kernel(server.address, folder, "one")
    yield kernel
    kernel.close()


@pytest.fixture
def other(server: kernel_client.KernelForkServer, folder: Path) -> Iterator[Kernel]:
    kernel = Kernel(server.address, folder, "other")
    yield kernel
    kernel.close()


# The same as in an ordinary kernel


NOTEBOOK = [
    (
        "import os, pickle, sys, tempfile\nimport matplotlib\nimport matplotlib.pyplot as"
        " plt\nimport pandas as pd"
    ),
    "print(os.environ['SAID'], os.getcwd(), tempfile.gettempdir(), __name__, sys.path)",
    (
        "figure, axes = plt.subplots(figsize=(1, 1))\naxes.plot([1,"
        " 2])\nplt.show()\nprint(matplotlib.get_backend())"
    ),
    "class Own:\n    pass\ntype(pickle.loads(pickle.dumps(Own()))) is sys.modules['__main__'].Own",
    "pd.DataFrame({'amount_pence': [1, None]})",
    (
        "print(sys.stdin.read(), sys.flags, sys.getrecursionlimit(), os.getpgid(0) == os.getpid(),"
        " os.getsid(0) == os.getpid())"
    ),
    (
        "import signal\nprint(signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCHLD),"
        " signal.getsignal(signal.SIGPIPE))"
    ),
    (
        "print(signal.getsignal(signal.SIGINT), signal.pthread_sigmask(signal.SIG_BLOCK, []),"
        " os.umask(0o22))"
    ),
    "import subprocess\nprint(subprocess.run(['pwd'], capture_output=True, text=True).stdout)",
    "get_ipython().system('echo $SAID')",
    "import asyncio\nawait asyncio.sleep(0)",
    (
        "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor().submit(pow, 2,"
        " 3).result()"
    ),
    (
        "import logging, warnings\nprint(sorted(map(str, warnings.filters)),"
        " logging.getLogger().handlers, logging.getLogger().level)"
    ),
    "print(sorted({*os.environ} - {'JUPYTER_DEFAULT_PROVISIONER_NAME'}))",
    "print(dict(matplotlib.rcParams))",
    "pd.Series(['a', None], dtype='string[pyarrow]').str.upper()",
    "import psutil\nprint(' '.join(psutil.Process().parent().cmdline()))",
]


def test_a_notebook_shows_the_same_in_a_forked_kernel_as_in_an_ordinary_one(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in NOTEBOOK]
    )
    nbformat.write(notebook, tmp_path / "in.ipynb")
    (tmp_path / "temporary").mkdir()
    (tmp_path / "place").mkdir()
    own = {name: said for name, said in os.environ.items() if not name.startswith("COVERAGE")}
    surroundings = {**own, "SAID": "what was said", "TMPDIR": str(tmp_path / "temporary")}
    ways = {"ordinary": {}, "warm": {"JUPYTER_DEFAULT_PROVISIONER_NAME": kernel_client.NAME}}
    started = [
        subprocess.Popen(
            [
                PAPERMILL,
                "in.ipynb",
                f"{way}.ipynb",
                "--cwd",
                "place",
                "--kernel",
                "python3",
                "--no-progress-bar",
            ],
            cwd=tmp_path,
            env={**surroundings, **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for way, more in ways.items()
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    ordinary, forked = (
        [shown(cell) for cell in nbformat.read(tmp_path / f"{way}.ipynb", as_version=4).cells]
        for way in ways
    )
    assert "ffanalysis.render.fork_server" not in ordinary.pop()["stdout"]
    assert "ffanalysis.render.fork_server" in forked.pop()["stdout"]
    assert forked == ordinary
    assert (
        f"what was said {tmp_path / 'place'} {tmp_path / 'temporary'} __main__"
        in forked[1]["stdout"]
    )
    assert "image/png" in forked[2]["data"][0]
    assert forked[3]["data"][0]["text/plain"] == "True"
    assert list((tmp_path / "temporary").iterdir()) == []


def shown(cell: NotebookNode) -> dict[str, Any]:
    """What a cell prints, in however many pieces it came, and what else it shows."""
    streams = {item.name: "" for item in cell.outputs if item.output_type == "stream"}
    for name in streams:
        streams[name] = "".join(item.text for item in cell.outputs if item.get("name") == name)
    return {
        **streams,
        "data": [item.get("data", item) for item in cell.outputs if item.output_type != "stream"],
    }


# Nothing of one in another


def test_two_kernels_of_one_server_share_nothing(kernel: Kernel, other: Kernel) -> None:
    kernel.run(
        "import os, sys; mine = 1; os.environ['MINE'] = '1'; sys.modules['mine'] = sys; import"
        " pandas; pandas.mine = 1"
    )
    kernel.run("os.chdir('/'); pandas.set_option('display.max_rows', 7)")
    seen = (
        "'mine' in globals(), os.environ.get('MINE'), 'mine' in sys.modules, hasattr(pandas,"
        " 'mine'), os.getcwd()"
    )
    said = other.run(
        f"import os, sys, pandas; print({seen}, pandas.get_option('display.max_rows'))"
    )
    assert said.split() == [
        "False",
        "None",
        "False",
        "False",
        other.run("import os; print(os.getcwd())").strip(),
        "60",
    ]


def test_a_kernel_has_the_environment_that_it_was_asked_for_with(
    server: kernel_client.KernelForkServer, folder: Path
) -> None:
    kernel = Kernel(server.address, folder, "one", SAID="here", TMPDIR=str(folder))
    said = kernel.run(
        "import os, tempfile; print(os.environ['SAID'], tempfile.gettempdir(), os.getcwd())"
    )
    assert said.split() == ["here", str(folder), str(folder)]
    kernel.close()


def test_chance_differs_in_the_kernels_of_one_server(kernel: Kernel, other: Kernel) -> None:
    draws = (
        "random.random(), numpy.random.random(), numpy.random.default_rng().random(), uuid.uuid4(),"
        " tempfile.mktemp()"
    )
    code = f"import random, tempfile, uuid, numpy.random; print(*[{draws}])"
    one, two = kernel.run(code).split(), other.run(code).split()
    assert len(one) == len(two) == 5
    assert not set(one) & set(two)


@needs_proc
def test_a_kernel_has_nothing_open_that_is_the_servers_or_another_kernels(
    server: kernel_client.KernelForkServer, kernel: Kernel, other: Kernel
) -> None:
    theirs = opened(server._process.pid, 3) | opened(kernel.process.pid, 3)
    theirs |= {str(Path(f"/proc/{server._process.pid}/fd/0").readlink())}
    assert len(theirs) > 10
    assert not theirs & opened(other.process.pid, 0)
    ours = json.loads(
        other.run(
            "import json, os; print(json.dumps([int(name) for name in"
            " os.listdir('/proc/self/fd')]))"
        )
    )
    assert {0, 1, 2} <= set(ours)


def opened(pid: int, first: int) -> set[str]:
    """The sockets and pipes that a process has open, from this descriptor on."""
    links = [
        str(entry.readlink())
        for entry in Path(f"/proc/{pid}/fd").iterdir()
        if int(entry.name) >= first
    ]
    return {link for link in links if link.startswith(("socket:", "pipe:"))}


# How long they live


def test_a_kernel_and_what_it_has_started_end_with_the_connection(
    server: kernel_client.KernelForkServer, kernel: Kernel, folder: Path
) -> None:
    third = Kernel(server.address, folder, "third")
    sleep = int(third.run(SLEEPS))
    third.process._line.close()
    assert gone(third.process.pid, sleep)
    third.client.stop_channels()
    assert within(
        SECONDS,
        lambda: (
            [child.pid for child in psutil.Process(server._process.pid).children()]
            == [kernel.process.pid]
        ),
    )
    assert kernel.run("print(1)") == "1\n"


def test_what_a_kernel_has_started_ends_with_it(
    server: kernel_client.KernelForkServer, folder: Path
) -> None:
    kernel = Kernel(server.address, folder, "one")
    sleep = int(kernel.run(SLEEPS))
    kernel.close()
    assert gone(kernel.process.pid, sleep)
    assert kernel.process.returncode == -signal.SIGKILL
    assert psutil.Process(server._process.pid).children() == []


def test_kernels_end_with_a_server_that_is_killed(folder: Path) -> None:
    with kernel_client.KernelForkServer() as server:
        server.open()
        kernel = Kernel(server.address, folder, "one")
        sleep = int(kernel.run(SLEEPS))
        os.kill(server._process.pid, signal.SIGKILL)
        assert gone(kernel.process.pid)
        assert kernel.process.wait(SECONDS) == -signal.SIGKILL
        assert gone(sleep)
        kernel.client.stop_channels()
        assert within(SECONDS, lambda: server.has_ended)


def test_a_server_and_its_kernels_end_with_the_parent(folder: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    assert owner.stdin
    address, pid = owner.stdout.readline().split()
    kernel = Kernel(address, folder, "one")
    sleep = int(kernel.run(SLEEPS))
    owner.kill()
    owner.wait()
    assert gone(int(pid), kernel.process.pid, sleep)
    assert kernel.process.wait(SECONDS) == -signal.SIGKILL
    kernel.client.stop_channels()
    owner.stdout.close()
    owner.stdin.close()
    assert within(SECONDS, lambda: not Path(address).parent.exists())


def test_a_server_that_has_not_been_opened_yet_ends_with_its_parent() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER.replace("server.open()", "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    assert owner.stdin
    _, pid = owner.stdout.readline().split()
    owner.kill()
    owner.wait()
    owner.stdout.close()
    owner.stdin.close()
    assert within(SECONDS, lambda: not runs(int(pid)))


# What they are asked


def test_an_interrupt_reaches_the_cell(kernel: Kernel) -> None:
    asked = kernel.begin("import time; time.sleep(60)")
    kernel.process.send_signal(signal.SIGINT)
    # What came before may still be answered too.
    while (reply := kernel.client.get_shell_msg(timeout=SECONDS))["parent_header"][
        "msg_id"
    ] != asked:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("print(1)") == "1\n"


def test_how_a_kernel_ends_is_told(server: kernel_client.KernelForkServer, folder: Path) -> None:
    kernel = Kernel(server.address, folder, "one")
    assert kernel.process.poll() is None
    kernel.client.execute("import os; os._exit(3)")
    assert kernel.process.wait(SECONDS) == 3
    kernel.process.kill()  # is too late, and does nothing
    assert kernel.process.poll() == 3
    kernel.client.stop_channels()


def test_a_kernel_that_is_asked_to_end_does_what_is_left_to_do(
    server: kernel_client.KernelForkServer, folder: Path
) -> None:
    kernel = Kernel(server.address, folder, "one")
    kernel.run(
        "import atexit; file = open('said', 'w'); file.write('not flushed, '); _ ="
        " atexit.register(file.write, 'at the end')"
    )
    kernel.client.shutdown()
    assert kernel.process.wait(SECONDS) == 0
    assert (folder / "said").read_text("utf-8") == "not flushed, at the end"
    kernel.client.stop_channels()


def test_a_kernel_that_runs_on_is_waited_for_only_so_long(kernel: Kernel) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        kernel.process.wait(0.05)


# Where none can be forked


@pytest.fixture
def _warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        KernelProvisionerFactory.instance(), "default_provisioner_name", kernel_client.NAME
    )
    monkeypatch.setattr(provisioner, "_silent", set())


class Jupyter(Asked):
    """A kernel as Jupyter starts it."""

    def __init__(self, folder: Path, more: dict[str, str]) -> None:
        self.manager = KernelManager(
            kernel_name="python3", transport="ipc", ip=str(folder / "kernel")
        )
        self.manager.connection_file = str(folder / "kernel.json")
        self.manager.start_kernel(env={**os.environ, **more})
        super().__init__(self.manager.blocking_client())

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process


@contextmanager
def jupyter_kernel(folder: Path, **more: str) -> Iterator[Jupyter]:
    kernel = Jupyter(folder, more)
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


@pytest.mark.usefixtures("_warm")
def test_a_kernel_that_wants_another_start_is_an_ordinary_one(
    server: kernel_client.KernelForkServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, server.address)
    with jupyter_kernel(folder, PYTHONHASHSEED="7") as kernel:
        assert isinstance(kernel.process, subprocess.Popen)
        said = kernel.run("import os; print(os.environ['PYTHONHASHSEED'], hash('a'))")
    again = [sys.executable, "-c", "print(7, hash('a'))"]
    assert (
        said
        == subprocess.run(
            again,
            env={"PYTHONHASHSEED": "7"},
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout
    )


@pytest.mark.usefixtures("_warm")
def test_jupyter_is_given_a_forked_kernel(
    server: kernel_client.KernelForkServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, server.address)
    with jupyter_kernel(folder, SAID="here") as kernel:
        process = kernel.process
        assert isinstance(kernel.process, kernel_client.ForkedKernel)
        assert kernel.run("import os; print(os.environ['SAID'])") == "here\n"
    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("_warm")
def test_jupyter_restarts_a_forked_kernel(
    server: kernel_client.KernelForkServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, server.address)
    with jupyter_kernel(folder) as kernel:
        kernel.run("mine = 1")
        first = kernel.process
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=SECONDS)
        assert kernel.run("print('mine' in globals())") == "False\n"
        assert first.returncode == -signal.SIGKILL
        assert psutil.Process(server._process.pid).children() == [
            psutil.Process(kernel.process.pid)
        ]


def test_what_a_server_writes_to_the_error_stream_goes_to_the_end_of_its_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "complaining.py").write_text("import sys; print('a complaint', file=sys.stderr)")
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    log = folder / "log"
    log.write_text("what the run has said\n")
    with kernel_client.KernelForkServer("complaining", log=log) as server:
        server.open()
        assert within(SECONDS, lambda: log.read_text() == "what the run has said\na complaint\n")


def test_a_server_imports_nothing_from_the_folder_in_which_it_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "debugpy.py").write_text("import pathlib; pathlib.Path('imported').touch()")
    monkeypatch.chdir(folder)
    with kernel_client.KernelForkServer() as server:
        server.open()
        with closing(Kernel(server.address, folder, "one")) as kernel:
            assert kernel.run("import debugpy; print(hasattr(debugpy, 'listen'))") == "True\n"
    assert not (folder / "imported").exists()


@pytest.mark.usefixtures("_warm")
def test_a_dead_server_is_noticed_at_once_and_the_kernel_starts_as_usual(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kernel_client.KernelForkServer() as server:
        knocked = kernel_client.connect(server.address)
        os.kill(server._process.pid, signal.SIGKILL)
        assert within(SECONDS, lambda: server.has_ended)
        with pytest.raises(OSError, match=r"reset|pipe|forked no kernel"):
            kernel_client.ForkedKernel(knocked, [], {}, "/")
        assert Path(server.address).exists()
        with pytest.raises(ConnectionRefusedError):
            kernel_client.connect(server.address)
        monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, server.address)
        with jupyter_kernel(folder) as kernel:
            assert isinstance(kernel.process, subprocess.Popen)
            assert kernel.run("print(1)") == "1\n"


def test_a_server_that_was_never_there_is_not_waited_for(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        kernel_client.connect(str(folder / "kernels"))


@pytest.mark.usefixtures("_warm")
def test_a_server_that_does_not_answer_is_waited_for_once_and_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel_client, "_SECONDS_TO_ANSWER", 0.3)
    with kernel_client.KernelForkServer() as server:
        with pytest.raises(TimeoutError):
            kernel_client.ForkedKernel(
                kernel_client.connect(server.address), [], dict(os.environ), "/"
            )
        monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, server.address)
        begun = time.monotonic()
        assert provisioner.WarmProvisioner()._forked([], dict(os.environ), "/") is None
        assert time.monotonic() - begun >= 0.3
        with monkeypatch.context() as patch:
            patch.setattr(kernel_client, "connect", lambda _: pytest.fail("it is asked again"))
            assert provisioner.WarmProvisioner()._forked([], dict(os.environ), "/") is None


# What a run has read once


@pytest.fixture
def run_of(programme: Path, monkeypatch: pytest.MonkeyPatch) -> RunCache:
    """What a kernel that was forked for a run of the example finds in its memory."""
    monkeypatch.setenv(read.ROOT_VARIABLE, str(programme))
    quarter = Quarter(read.load(PERIOD, programme))
    findings = quarter.findings
    rows = ProjectRows(quarter, findings)
    shares = {
        "": store_quarter(programme, quarter.tables, findings),
        PROJECT: store_project(programme, PROJECT, rows.select(PROJECT), rows.findings_of(PROJECT)),
    }
    monkeypatch.setenv(SHARES_VARIABLE, json.dumps(shares))
    cache: RunCache = pickle.loads(pickle.dumps(RunCache(programme, programme, PERIOD)))  # noqa: S301 - our own
    monkeypatch.setattr(fork_server, "run_data", cache)
    return cache


@pytest.fixture
def _nothing_is_read_afresh(run_of: RunCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "load", lambda *_: pytest.fail("the quarter is read again"))
    monkeypatch.setattr(checks, "check", lambda _: pytest.fail("the quarter is checked again"))


def whole_of(programme: Path) -> Path:
    """Where the run keeps all of its quarter."""
    return programme / "cached.pickle"


def share_of(programme: Path) -> Path:
    """Where it keeps the project's own rows and findings."""
    return programme / "cached" / f"{PROJECT}.pickle"


def pages(quarter: Quarter, findings: Sequence[Finding]) -> list[str]:
    """Every part of the project's briefing, as a page has it."""
    made = ff.briefing(quarter, findings, PROJECT)
    return [getattr(made, name)()._repr_html_() for name in PARTS]


@pytest.mark.usefixtures("_nothing_is_read_afresh")
def test_what_was_read_and_checked_is_served(run_of: RunCache) -> None:
    quarter = ff.load(PERIOD).records
    tables, findings = run_of.whole()
    assert quarter.tables is tables
    assert (*ff.check(quarter),) == findings


@pytest.mark.usefixtures("_nothing_is_read_afresh")
def test_what_was_read_is_taken_from_the_disk_once(run_of: RunCache, programme: Path) -> None:
    first, second = ff.load(PERIOD).records, ff.load(PERIOD).records
    assert len(first.savings) > 0
    whole_of(programme).unlink()
    assert second.tables is first.tables
    assert [*ff.check(second)] == [*ff.check(first)] != []


@pytest.mark.usefixtures("_nothing_is_read_afresh")
def test_a_briefing_reads_its_own_rows_and_no_others(run_of: RunCache, programme: Path) -> None:
    whole_of(programme).unlink()
    quarter = ff.load(PERIOD).records
    assert all(pages(quarter, ff.check(quarter)))
    assert repr(ff.load(PERIOD)) == f"<Quarter {PERIOD}>"
    with pytest.raises(FileNotFoundError):
        _ = quarter.savings
    with pytest.raises(FileNotFoundError):
        _ = ff.check(quarter)[0]


def test_a_project_whose_rows_were_not_kept_is_briefed_from_all_of_the_quarter(
    run_of: RunCache, programme: Path
) -> None:
    quarter = ff.load(PERIOD).records
    served = pages(quarter, ff.check(quarter))
    share_of(programme).unlink()
    assert pages(quarter, ff.check(quarter)) == served


def test_a_quarter_that_is_served_is_a_quarter_like_any_other(
    run_of: RunCache, programme: Path
) -> None:
    quarter, afresh = ff.load(PERIOD).records, Quarter(read.load(PERIOD, programme))
    for name in TABLE_NAMES:
        assert [*getattr(quarter, name)] == [*getattr(afresh, name)]
        assert quarter.frame(name).equals(afresh.frame(name))
    assert (quarter.period, quarter.as_of, quarter.slugs, quarter.tables.digest) == (
        afresh.period,
        afresh.as_of,
        afresh.slugs,
        afresh.tables.digest,
    )
    assert Quarter(replace(quarter.tables, as_of=quarter.as_of)).slugs == afresh.slugs
    assert quarter.findings.frame().equals(afresh.findings.frame())
    with pytest.raises(AttributeError):
        _ = quarter.no_such_table  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        quarter.tables.digest = ""  # type: ignore[misc]


def test_the_findings_of_a_run_are_used_like_any_sequence(
    run_of: RunCache, programme: Path
) -> None:
    served, plain = (
        ff.check(ff.load(PERIOD).records),
        checks.check(Quarter(read.load(PERIOD, programme))),
    )
    assert len(plain) > 3
    assert (len(served), served[0], served[-2:], [*served]) == (
        len(plain),
        plain[0],
        plain[-2:],
        [*plain],
    )
    assert plain[1] in served
    assert served.index(plain[2]) == 2


@pytest.mark.parametrize("project", ["", "../cached", "nobody", "SEN Contracts", "a\0b"])
def test_a_project_that_is_none_of_the_runs_is_told_which_there_are(
    run_of: RunCache, project: str
) -> None:
    quarter = ff.load(PERIOD).records
    with pytest.raises(ProjectUnknown, match=PROJECT):
        ff.briefing(quarter, ff.check(quarter), project)


def test_a_copy_of_a_frame_that_is_changed_changes_nothing_of_the_quarter(
    run_of: RunCache,
) -> None:
    quarter = ff.load(PERIOD).records
    before = pages(quarter, [*ff.check(quarter)])
    for name in TABLE_NAMES:
        frame = quarter.frame(name)
        frame.iloc[:, :] = pd.NA
        assert frame.isna().all(axis=None)
    again = ff.load(PERIOD).records
    for other in (quarter, again, Quarter(quarter.tables)):
        assert pages(other, [*ff.check(other)]) == before
        assert [*checks.check(other)] == [*ff.check(quarter)]


def test_another_period_is_read_afresh(run_of: RunCache, programme: Path) -> None:
    raw = programme / "data" / "raw"
    (raw / PERIOD).rename(raw / "2015-16-Q3")
    quarter = ff.load("2015-16-Q3").records
    assert quarter.tables is not run_of.whole()[0]
    assert str(quarter.period) == "2015-16-Q3"
    assert (*ff.check(quarter),) == checks.check(quarter) != run_of.whole()[1]


def test_another_programme_is_read_afresh(
    run_of: RunCache, programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = run_of.whole()[0]
    assert ff.load(PERIOD).records.tables is kept
    assert ff.load(PERIOD, programme).records.tables is not kept
    elsewhere = programme.parent / "elsewhere"
    programme.rename(elsewhere)
    monkeypatch.setenv(read.ROOT_VARIABLE, str(elsewhere))
    assert ff.load(PERIOD).records.tables is not kept


def test_a_briefing_is_the_same_with_what_was_read_once(
    run_of: RunCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter = ff.load(PERIOD).records
    served = pages(quarter, ff.check(quarter))
    monkeypatch.setattr(fork_server, "run_data", None)
    afresh = ff.load(PERIOD).records
    assert afresh.tables is not run_of.whole()[0]
    assert served == pages(afresh, ff.check(afresh))


def test_a_briefing_of_a_changed_quarter_shows_the_change(
    run_of: RunCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter = ff.load(PERIOD).records
    before = pages(quarter, ff.check(quarter))
    projects = quarter.tables.projects.assign(name="Another name")
    changed = Quarter(replace(quarter.tables, projects=projects))
    after = pages(changed, ff.check(changed))
    assert after != before
    assert "Another name" in after[0]
    assert "Another name" in pages(changed, ff.check(quarter))[0]
    monkeypatch.setattr(fork_server, "run_data", None)
    assert after == pages(changed, ff.check(changed))


def test_a_briefing_with_other_findings_shows_those(run_of: RunCache) -> None:
    quarter = ff.load(PERIOD).records
    without = pages(quarter, [each for each in ff.check(quarter) if each.severity == "note"])
    assert without != pages(quarter, ff.check(quarter))
    assert without != pages(quarter, ())
