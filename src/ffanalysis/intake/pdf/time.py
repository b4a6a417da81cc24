"""A limit on the time of what looks at no clock, such as a library that runs in a circle."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeOver(BaseException):
    """Raised wherever the thread is; no library may take it for an error of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeOver in the thread that runs what stands within, where it takes longer."""
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    timer = threading.Timer(seconds, raise_in, (thread, ctypes.py_object(TimeOver)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        raise_in(thread, None)  # one that was sent too late
