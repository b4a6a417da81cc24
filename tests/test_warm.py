"""Kernels forked from a warm process: the same as ordinary ones, each for itself, and gone when whoever asked for them is."""

import asyncio
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient import NotebookClient
from rendered import PERIOD, PROJECT, programme_in

from ffanalysis.publish import provisioner, warm
from ffanalysis.publish.held import Held
from ffanalysis.publish.notebook import connection, run_notebook
from ffanalysis.read import load
from ffanalysis.reconcile import check

pytestmark = pytest.mark.skipif(not warm.can_fork(), reason="kernels cannot be forked here")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def root(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return programme_in(tmp_path_factory.mktemp("warm") / "programme", example_quarter)


@pytest.fixture(scope="module")
def forge(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[warm.Forge]:
    """A forge as a run has one, with what it has read."""
    with warm.Forge("ffanalysis") as one:
        tables = load(PERIOD, root)
        file = tmp_path_factory.mktemp("held") / "held"
        file.write_bytes(pickle.dumps(Held(str(root), tables, check(tables))))
        one.open(file)
        yield one


@pytest.fixture(autouse=True)
def _asked(forge: warm.Forge, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels that are started in this process are asked of the forge."""
    ask_of(forge.address, monkeypatch)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(root))


def ask_of(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(warm.ADDRESS_VARIABLE, address)
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", warm.NAME)


class Kernel:
    """A kernel and a client to it."""

    def __init__(self, sockets: str, **how: Any) -> None:
        self.manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{sockets}/kernel")
        self.manager.start_kernel(**how)
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=30)

    def show(self, code: str) -> str:
        """What code prints; AssertionError for what it raises."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                said.append(message["content"]["text"])

        reply = self.client.execute_interactive(code, timeout=30, output_hook=hear, allow_stdin=False)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(said).strip()

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process

    @property
    def is_warm(self) -> bool:
        return isinstance(self.process, warm.WarmKernel)


@contextmanager
def kernel(**how: Any) -> Iterator[Kernel]:
    with tempfile.TemporaryDirectory(prefix="ff-") as sockets:
        one = Kernel(sockets, **how)
        try:
            yield one
        finally:
            one.client.stop_channels()
            one.manager.shutdown_kernel(now=True)


def soon(holds: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has buried yet, in a container without an init, has ended too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def children(one: warm.Forge) -> list[psutil.Process]:
    """The forge's kernels, zombies among them."""
    return psutil.Process(one._process.pid).children()


# The same as an ordinary kernel, under Jupyter's own tools

SHOWN = [
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('Savings')\nplt.show()",
    "print('a line'); 6 * 7",
    "import pandas as pd; pd.DataFrame({'a': [1, 2]})",
    "import subprocess; subprocess.check_output(['echo', 'said outside'])",
    "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "import os; sorted(set(os.environ) - {'JUPYTER_DEFAULT_PROVISIONER_NAME'}), os.environ['MARK'], os.environ['MPLBACKEND']",
    "os.getcwd(), os.listdir('.')",
    "import tempfile; tempfile.gettempdir()",
    "import time; time.tzname, time.localtime(0).tm_hour",
    "import sys; __name__, sys.argv[0], sys.argv[1:2], sys.argv[3:], sys.path, sys.executable, sys.stdin.read()",
    "import __main__; vars(__main__) is globals(), [name for name in globals() if not name.startswith('_')]",
    "import signal; [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD)]",
    "os.getsid(0) == os.getpid(), sys.getrecursionlimit(), sys.flags.dont_write_bytecode, sys.stdout.encoding",
    "from multiprocessing import get_context\nwith get_context('spawn').Pool(1) as pool:\n    print(pool.map(abs, [-3]))",
    "import asyncio\nawait asyncio.sleep(0, 'awaited')",
]
WHO = "print(open(f'/proc/{os.getppid()}/cmdline').read())"
AS_TOLD = """
import json, sys, nbclient, nbformat, papermill
folder, *sources = sys.argv[1:]
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
nbformat.write(notebook, f"{folder}/in.ipynb")
told = papermill.execute_notebook(
    f"{folder}/in.ipynb", None, kernel_name="python3", progress_bar=False, cwd=f"{folder}/work", shutdown_kernel="immediate"
)
nbclient.execute(notebook, f"{folder}/work", kernel_name="python3", shutdown_kernel="immediate")
for name, executed in ("papermill", told), ("nbclient", notebook):
    shown = []
    for cell in executed.cells:
        if cell.source in sources:
            shown.append([[o.get("name", ""), o.get("text", ""), o.get("data", {}), o.get("evalue", "")] for o in cell.outputs])
    open(f"{folder}/{name}.json", "w").write(json.dumps(shown))
"""


@ON_LINUX
def test_papermill_and_nbclient_show_the_same_from_a_warm_kernel_as_from_an_ordinary_one(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    shown = {}
    for name, told in {"ordinary": {}, "warm": {"JUPYTER_DEFAULT_PROVISIONER_NAME": warm.NAME}}.items():
        work = tmp_path / "work"
        work.mkdir()
        surroundings = {**os.environ, "MARK": "for the kernel", "TMPDIR": str(tmp_path / "files"), "TZ": "Asia/Tokyo", **told}
        for variable in (warm.ADDRESS_VARIABLE, "PYTEST_CURRENT_TEST"):
            surroundings.pop(variable, None)
        done = subprocess.run(
            [sys.executable, "-c", AS_TOLD, tmp_path, *SHOWN, WHO],
            env=surroundings,
            timeout=120,
            check=True,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr
        for tool in ("papermill", "nbclient"):
            cells = json.loads((tmp_path / f"{tool}.json").read_text("utf-8"))
            assert ("warm" in str(cells.pop())) == (name == "warm"), cells
            shown[tool, name] = cells
        work.rmdir()
    assert "image/png" in str(shown["nbclient", "ordinary"][0])
    assert "StdinNotImplementedError" in str(shown["nbclient", "ordinary"][4])
    for tool in ("papermill", "nbclient"):
        for source, ordinary, forked in zip(SHOWN, shown[tool, "ordinary"], shown[tool, "warm"], strict=True):
            assert forked == ordinary, source
    assert list((tmp_path / "files").glob("ff-*")) == [], "the forge has left its folder"


def test_no_two_kernels_draw_the_same_random_numbers() -> None:
    code = "import random, uuid, numpy.random as np; print(random.random(), np.rand(), uuid.uuid4(), np.default_rng().random())"
    drawn = []
    for _ in range(2):
        with kernel() as one:
            assert one.is_warm
            drawn.append(one.show(code).split())
    assert len({*drawn[0], *drawn[1]}) == 8


@pytest.mark.parametrize(
    ("name", "value"),
    [("PYTHONHASHSEED", "7"), ("PYTHONWARNINGS", "ignore"), ("TZ", "Asia/Tokyo"), ("MPLBACKEND", "svg"), ("HOME", "/")],
)
def test_a_kernel_that_would_have_started_otherwise_is_not_forked(name: str, value: str, caplog: pytest.LogCaptureFixture) -> None:
    with kernel(env={**os.environ, name: value}) as one:
        assert not one.is_warm
        assert one.show(f"import os; print(os.environ[{name!r}])") == value
    assert not caplog.records, "there is nothing to warn of"


def test_a_kernel_is_asked_of_an_ordinary_process_where_only_one_can_give_what_is_asked(tmp_path: Path) -> None:
    with (tmp_path / "said").open("w") as file, kernel(stdout=file) as one:
        assert not one.is_warm


def test_variables_and_folder_are_those_that_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inside").mkdir()
    asked = {name: value for name, value in os.environ.items() if name != "PATH"} | {"TMPDIR": str(tmp_path), "MARK": "a mark"}
    with kernel(env=asked, cwd="inside") as one:
        assert one.is_warm
        shown = one.show("import os, tempfile; print(os.getcwd(), tempfile.gettempdir(), os.environ['MARK'], 'PATH' in os.environ)")
    assert shown == f"{tmp_path}/inside {tmp_path} a mark False"


def test_nothing_is_imported_from_the_folder_in_which_a_forge_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')", "utf-8")
    monkeypatch.chdir(tmp_path)
    with warm.Forge() as one:
        ask_of(one.address, monkeypatch)
        one.open()
        with kernel(cwd=Path.home()) as its:
            assert its.is_warm
            assert its.show("import pandas; print(pandas.Series([1, 2]).sum())") == "3"


# Each for itself


def test_nothing_of_one_kernel_reaches_the_next(tmp_path: Path) -> None:
    leave = """
import builtins, os, sys, types, pandas, signal, warnings, ffanalysis as ff
builtins.left = left = 1
sys.modules['left'] = types.ModuleType('left')
os.environ['LEFT'] = '1'
os.makedirs('left'); os.chdir('left')
pandas.options.display.max_rows = 3
sys.path.append('/left'); sys.argv.append('left')
warnings.simplefilter('ignore'); signal.signal(signal.SIGTERM, signal.SIG_IGN)
ff.load = None
"""
    look = """
import builtins, os, sys, pandas, signal, ffanalysis as ff
print(hasattr(builtins, 'left'), 'left' in globals(), 'left' in sys.modules, 'LEFT' in os.environ, os.getcwd())
print(pandas.options.display.max_rows, '/left' in sys.path, 'left' in sys.argv, ff.load is None, signal.getsignal(15) == 0)
"""
    with kernel(cwd=tmp_path) as one:
        one.show(leave)
        one.manager.restart_kernel(now=True)
        one.client.wait_for_ready(timeout=30)
        after_a_restart = one.show(look)
        with kernel(cwd=tmp_path) as other:
            assert other.show(look) == after_a_restart
    assert after_a_restart == f"False False False False {tmp_path}\n60 False False False True"


FILES = """
import os
for file in os.listdir('/proc/self/fd'):
    try:
        print(os.readlink(f'/proc/self/fd/{file}'))
    except OSError:
        pass
"""


@ON_LINUX
def test_a_kernel_holds_none_of_the_forges_lines(forge: warm.Forge) -> None:
    with kernel() as first, kernel() as second:
        files = Path(f"/proc/{forge._process.pid}/fd")
        theirs = {str(file.readlink()) for file in files.iterdir()}
        # The pipe of whoever started it, the door, a line for each kernel, and the pipe that wakes it.
        lines = {line for line in theirs if line.startswith(("socket:", "pipe:"))} - {str((files / "2").readlink())}
        assert len(lines) >= 5
        for one in (first, second):
            assert not set(one.show(FILES).split()) & lines


def test_forty_kernels_eight_at_once_each_answer_for_themselves(forge: warm.Forge, tmp_path: Path) -> None:
    async def answer(number: int, limit: asyncio.Semaphore) -> str:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"own = {number}"), nbformat.v4.new_code_cell("own")])
        async with limit:
            with tempfile.TemporaryDirectory(prefix="ff-") as sockets:
                client = NotebookClient(
                    notebook, kernel_name="python3", config=connection(sockets), shutdown_kernel="immediate", timeout=60
                )
                async with client.async_setup_kernel():
                    assert isinstance(client.km.provisioner.process, warm.WarmKernel)
                    for place, cell in enumerate(notebook.cells):
                        await client.async_execute_cell(cell, place)
        return str(notebook.cells[1].outputs[0].data["text/plain"])

    async def all_of_them() -> list[str]:
        limit = asyncio.Semaphore(8)
        return await asyncio.gather(*(answer(number, limit) for number in range(40)))

    assert asyncio.run(all_of_them()) == [str(number) for number in range(40)]
    assert soon(lambda: children(forge) == []), "a kernel or a zombie is left in the forge"


# Signals, and the end


def test_a_kernel_that_is_asked_to_end_comes_to_its_end(tmp_path: Path) -> None:
    with kernel(cwd=tmp_path) as one:
        one.show("import atexit; file = open('said', 'w'); file.write('not flushed, '); atexit.register(file.write, 'at the end')")
        process = one.process
        one.manager.shutdown_kernel(now=False)
        assert process.poll() == 0
    assert (tmp_path / "said").read_text("utf-8") == "not flushed, at the end"


SLEEPER = "import os, subprocess; print(os.getpid(), subprocess.Popen(['sleep', '1000']).pid, os.getppid())"


def test_an_interrupt_reaches_the_cell_and_the_kernel_goes_on() -> None:
    with kernel() as one:
        asked = one.client.execute("import time\nprint('begun')\ntime.sleep(60)")
        while one.client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        one.manager.interrupt_kernel()
        reply = one.client.get_shell_msg(timeout=10)
        assert (reply["parent_header"]["msg_id"], reply["content"]["ename"]) == (asked, "KeyboardInterrupt")
        assert one.show("print('on')") == "on"


@pytest.mark.parametrize(
    ("code", "status"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 11)", -11), ("os.kill(os.getpid(), 15)", -15)]
)
def test_how_a_kernel_ended_is_told_and_what_it_has_left_running_goes_with_it(forge: warm.Forge, code: str, status: int) -> None:
    with kernel() as one:
        pid, sleeper, _ = map(int, one.show(SLEEPER).split())
        process = one.process
        one.client.execute(f"import faulthandler; faulthandler.disable(); {code}")
        assert soon(lambda: process.poll() is not None)
        assert process.returncode == status
        assert soon(lambda: is_gone(pid) and is_gone(sleeper))
        assert pid not in [child.pid for child in children(forge)]


def test_a_kernel_that_is_killed_takes_what_it_has_started_with_it(forge: warm.Forge) -> None:
    with kernel() as one:
        pid, sleeper, _ = map(int, one.show(SLEEPER).split())
    assert soon(lambda: is_gone(pid) and is_gone(sleeper))
    assert soon(lambda: children(forge) == [])


CLIENT = """
import os, signal, sys, tempfile, time
from jupyter_client.manager import KernelManager
if sys.argv[1:] == ["deaf"]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
with tempfile.TemporaryDirectory(prefix="ff-") as sockets:
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{sockets}/kernel")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    def ask(code):
        client.execute_interactive(code, timeout=30, output_hook=lambda m: print(m["content"].get("text", ""), end="", flush=True))
    ask(sys.stdin.readline())
    ask(sys.stdin.readline())
    time.sleep(600)
"""


@contextmanager
def client(*words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A process with a kernel, which asks it the lines that it is told."""
    surroundings = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": warm.NAME, **variables}
    if not variables.get(warm.ADDRESS_VARIABLE, "unset"):
        del surroundings[warm.ADDRESS_VARIABLE]
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, *words],
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def told(process: subprocess.Popen[str], code: str) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{code}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_kernel_ends_with_the_client_that_asked_for_it_and_the_forge_goes_on(forge: warm.Forge) -> None:
    with client() as process:
        pid, sleeper, parent = map(int, told(process, SLEEPER).split())
        assert parent == forge._process.pid
        process.kill()
        assert soon(lambda: is_gone(pid) and is_gone(sleeper))
    assert soon(lambda: children(forge) == [])
    with kernel() as one:
        assert one.show(f"{SLEEPER}").split()[2] == str(forge._process.pid)


@pytest.mark.parametrize("who", ["owner", "forge"])
def test_kernels_end_with_the_forge_and_the_forge_with_whoever_started_it(who: str, tmp_path: Path) -> None:
    # Without an address the process starts a forge of its own.
    with client(**{warm.ADDRESS_VARIABLE: "", "TMPDIR": str(tmp_path)}) as process:
        pid, sleeper, its_forge = map(int, told(process, SLEEPER).split())
        assert psutil.Process(its_forge).ppid() == process.pid
        if who == "owner":
            process.kill()
            assert soon(lambda: is_gone(its_forge))
            assert soon(lambda: list(tmp_path.glob("ff-*/forge")) == []), "the forge has left its folder"
        else:
            os.kill(its_forge, signal.SIGKILL)
        assert soon(lambda: is_gone(pid))
        # A forge that is killed ends nothing itself; whoever looks after the kernel does, when it looks.
        assert who == "forge" or soon(lambda: is_gone(sleeper))
        if not is_gone(sleeper):
            os.kill(sleeper, signal.SIGKILL)


def test_what_a_kernel_has_started_ends_when_its_forge_was_killed_and_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    with warm.Forge() as own:
        ask_of(own.address, monkeypatch)
        own.open()
        with kernel() as one:
            pid, sleeper, _ = map(int, one.show(SLEEPER).split())
            own._process.kill()
            process = one.process
            assert soon(lambda: process.poll() == -signal.SIGKILL)
            assert soon(lambda: is_gone(pid) and is_gone(sleeper))


def test_an_interrupt_of_the_whole_group_of_processes_reaches_neither_forge_nor_kernel() -> None:
    with client("deaf", **{warm.ADDRESS_VARIABLE: ""}) as process:
        pid, _, its_forge = map(int, told(process, SLEEPER).split())
        os.killpg(process.pid, signal.SIGINT)
        assert told(process, "print(os.getpid())") == str(pid)
        assert not is_gone(its_forge)


# No forge


def test_a_forge_that_has_died_gives_ordinary_kernels_at_once_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with warm.Forge(within=tmp_path) as one:
        one._process.kill()
        one._process.wait()
        one.open()
        with pytest.raises(ConnectionRefusedError):
            warm.connect(one.address)
        for address in (one.address, str(tmp_path / "never" / "forge")):
            ask_of(address, monkeypatch)
            begun = time.monotonic()
            assert provisioner.WarmProvisioner()._forked([], {}, ".") is None
            assert time.monotonic() - begun < 0.5
        with kernel() as its:
            assert not its.is_warm
            assert its.show("print('on')") == "on"
    assert "No warm process answers ([Errno 111] Connection refused); the kernel starts as usual." in caplog.text


def test_a_forge_that_does_not_answer_is_waited_for_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(warm, "_SECONDS_TO_ANSWER", 0.5)
    monkeypatch.setattr(provisioner, "_silent", set())
    with warm.Forge() as one:
        ask_of(one.address, monkeypatch)
        took = []
        for _ in range(2):
            begun = time.monotonic()
            assert provisioner.WarmProvisioner()._forked([], {}, ".") is None
            took.append(time.monotonic() - begun)
    assert 0.5 <= took[0] < 2
    assert took[1] < 0.1
    assert caplog.text.count("No warm process answers") == 1


def test_whoever_asks_while_the_forge_still_imports_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with warm.Forge() as one:
        ask_of(one.address, monkeypatch)
        one.open()
        with kernel() as its:
            assert its.is_warm


def test_a_forge_that_died_while_it_was_asked_is_noticed_at_once() -> None:
    with warm.Forge() as one:
        line = warm.connect(one.address)
        one._process.kill()
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"forked no kernel|reset|pipe"):
            warm.WarmKernel(line, [], {}, ".")
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize("opened", [True, False])
def test_a_forge_that_is_closed_leaves_no_process_and_no_folder(tmp_path: Path, opened: bool) -> None:
    one = warm.Forge(within=tmp_path)
    assert list(tmp_path.iterdir())
    if opened:
        one.open()
    one.close()
    assert one._process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_sockets_have_short_paths_wherever_temporary_files_go(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    with warm.socket_folder(deep) as folder:
        assert len(folder) < 70
    with warm.Forge(within=deep) as one:
        assert len(one.address) < 70


# What the run has read


def test_a_briefing_of_a_forked_kernel_is_that_of_an_ordinary_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("project_briefing", "programme_briefing", "reconciliation"):
        parameters = {"period": PERIOD} | ({"project": PROJECT} if name == "project_briefing" else {})
        made = []
        for way in (warm.NAME, "local-provisioner"):
            monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", way)
            kept = tmp_path / way / f"{name}.ipynb"
            run_notebook(root / "notebooks" / f"{name}.ipynb", parameters, root, kept, scratch=tmp_path)
            made.append(kept.read_bytes())
        assert made[0] == made[1]
        assert b"text/html" in made[0]


BEGIN = f"""
import ffanalysis as ff, os, time
from ffanalysis.publish import warm
tables = ff.load({PERIOD!r})
"""


def test_what_the_run_has_read_is_served_and_what_is_changed_is_checked_afresh(root: Path) -> None:
    ordinary = {finding.id: finding.outcome for finding in check(load(PERIOD, root))}
    with kernel() as one:
        assert one.is_warm
        one.show(BEGIN)
        assert one.show("print(tables is warm.held.tables, ff.check(tables) is warm.held.findings)") == "True True"
        one.show(f"html = ff.briefing(tables, ff.check(tables), {PROJECT!r}).message()._repr_html_()")
        # A frame changed in place: the checks see it, the next who reads does not.
        one.show("tables.savings.loc[tables.savings['amount_pence'].first_valid_index(), 'amount_pence'] += 5_000_000_00")
        one.show("changed = ff.check(tables)")
        assert one.show("print(changed is warm.held.findings, changed == warm.held.findings)") == "False False"
        again = f"again = ff.load({PERIOD!r}); print(again is tables, again.savings.equals(tables.savings))"
        assert one.show(again) == "False False"
        shown = json.loads(one.show("import json; print(json.dumps({f.id: f.outcome for f in ff.check(again)}))"))
        assert shown == ordinary
        same = f"print(html == ff.briefing(again, ff.check(again), {PROJECT!r}).message()._repr_html_())"
        assert one.show(same) == "True"


def test_whoever_reads_twice_has_tables_of_their_own_each_time() -> None:
    with kernel() as one:
        one.show(f"{BEGIN}\nother = ff.load({PERIOD!r})")
        one.show("other.savings.drop(other.savings.index, inplace=True)")
        assert (
            one.show("print(len(tables.savings) > 0, len(other.savings), ff.check(tables) is warm.held.findings)") == "True 0 True"
        )


def test_another_period_and_another_programme_are_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "2016-17-Q1").symlink_to(root / "data" / "raw" / PERIOD)
    (tmp_path / "data" / "raw" / PERIOD).symlink_to(root / "data" / "raw" / PERIOD)
    with kernel() as one:
        one.show("import ffanalysis as ff, os; from ffanalysis.publish import warm")
        told = one.show("try:\n    ff.load('2016-17-Q1')\nexcept Exception as error:\n    print(error)")
        assert told == f"There is no period '2016-17-Q1' in data/raw. There is: {PERIOD}."
        by_hand = one.show(f"from pathlib import Path; print(ff.load({PERIOD!r}, Path({str(root)!r})) is warm.held.tables)")
        assert by_hand == "False"
        one.show(f"os.environ['FFANALYSIS_ROOT'] = {str(tmp_path)!r}")
        assert one.show(f"print(ff.load({PERIOD!r}) is warm.held.tables, ff.load('2016-17-Q1').period)") == "False 2016-17-Q1"


def test_a_kernel_of_another_programme_is_served_nothing(tmp_path: Path) -> None:
    with kernel(env={**os.environ, "FFANALYSIS_ROOT": str(tmp_path)}) as one:
        assert one.is_warm
        assert one.show("from ffanalysis.publish.held import held; print(held())") == "None"
