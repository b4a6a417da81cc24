"""Warm kernels for Jupyter's own tools: select them with JUPYTER_DEFAULT_PROVISIONER_NAME=ffanalysis-warm."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ffanalysis.publish import warm

_LAUNCHER = ["-m", "ipykernel_launcher"]
_own: list[warm.Forge] = []


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from a warm process; every other kernel starts as usual.

    The process is the run's where a run has one, else one that this process starts when it needs it first.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel, forked where that gives the same kernel as the command would."""
        environment = dict(kwargs.get("env") or os.environ)
        if cmd[0] == sys.executable and cmd[1:3] == _LAUNCHER and warm.can_fork() and warm.same_start(environment):
            folder = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109
            try:
                kernel = warm.WarmKernel(_connect(), cmd[3:], environment, folder)
            except OSError:
                self.log.warning("No warm process answers; the kernel starts as usual.")
            else:
                self.process = kernel  # type: ignore[assignment]
                # No process group: signals go through the forge, which alone knows whether a process is still there.
                self.pid, self.pgid, self.cwd = kernel.pid, None, folder
                # A client that connects before the sockets are there tries again only after a tenth of a second.
                if self.connection_info.get("transport") == "ipc":
                    last = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
                    await _seen(lambda: last.exists() or kernel.poll() is not None, 1)
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def kill(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        """Kill the kernel and see it gone: Jupyter itself would look only every tenth of a second."""
        await super().kill(restart)
        await _seen(lambda: self.process is None or self.process.poll() is not None, 2)


async def _seen(what: Callable[[], bool], seconds: float) -> None:
    """Look often until something is so, or until the time is over."""
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:  # noqa: ASYNC110 - neither a file nor a process announces itself
        await asyncio.sleep(0.002)


def _connect() -> socket.socket:
    address = os.environ.get(warm.ADDRESS_VARIABLE)
    if address:
        return warm.connect(address)
    if not _own:
        _own.append(warm.Forge())
        _own[0].open()
    return warm.connect(_own[0].address)
