"""Forked kernels for Jupyter's own tools.

Select them with JUPYTER_DEFAULT_PROVISIONER_NAME=ffanalysis-warm.
"""

import asyncio
import atexit
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ffanalysis.render import kernel_client

_LAUNCHER = ["-m", "ipykernel_launcher"]
# Whatever else may be asked of a process when it is started, only an ordinary one can give.
_UNDERSTOOD = {"env", "cwd", "extra_arguments", "kernel_id"}
_own: list[kernel_client.KernelForkServer] = []
_silent: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from a process that has imported their libraries; others start as usual.

    The fork server is the run's where a run has one, else this process's own, started at the first
    kernel.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel, forked where that gives the same kernel as the command would."""
        if (
            cmd[0] == sys.executable
            and cmd[1:3] == _LAUNCHER
            and set(kwargs) <= _UNDERSTOOD
            and kernel_client.can_fork()
        ):
            folder = _folder(kwargs.get("cwd"))
            environment = dict(kwargs.get("env") or os.environ)
            kernel = self._forked(cmd[3:], environment, folder) if folder else None
            if kernel:
                self.process = kernel  # type: ignore[assignment]
                # No process group: signals go through the fork server, which alone knows whether a
                # process is still there.
                self.pid, self.pgid, self.cwd = kernel.pid, None, folder
                # A client that connects before the sockets are there tries again only after a tenth
                # of a second.
                if self.connection_info.get("transport") == "ipc":
                    last = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
                    await _until(lambda: last.exists() or kernel.poll() is not None, 1)
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    def _forked(
        self, arguments: list[str], environment: dict[str, str], folder: str
    ) -> kernel_client.ForkedKernel | None:
        """A forked kernel; None where it must start as usual."""
        address = _address()
        if address in _silent:
            return None
        try:
            return kernel_client.ForkedKernel(
                kernel_client.connect(address), arguments, environment, folder
            )
        except kernel_client.EnvironmentMismatch:
            return None
        except OSError as error:
            if isinstance(error, TimeoutError):
                _silent.add(address)  # to wait for it once is enough
            self.log.warning("The fork server does not answer (%s); kernel starts as usual.", error)
            return None

    async def kill(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        """Kill the kernel and wait until it has ended.

        Jupyter itself would look only every tenth of a second.
        """
        await super().kill(restart)
        await _until(lambda: self.process is None or self.process.poll() is not None, 2)


async def _until(what: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so, or until the time is over."""
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:  # noqa: ASYNC110 - neither a file nor a process announces itself
        await asyncio.sleep(0.002)


def _folder(given: str | os.PathLike[str] | None) -> str:
    """The folder a kernel is to start in, as an absolute path; "" where there is none."""
    folder = Path(given or ".").absolute()
    return str(folder) if folder.is_dir() else ""


def _address() -> str:
    """Where the fork server listens: the run's, or this process's own, started at need."""
    if address := os.environ.get(kernel_client.ADDRESS_VARIABLE):
        return address
    while _own and _own[-1].has_ended:
        _own.pop().close()
    if not _own:
        server = kernel_client.KernelForkServer()
        atexit.register(server.close)
        server.open()
        _own.append(server)
    return _own[-1].address
