"""What the reader and the workers of a run import, so that it is imported once for all.

Whoever imports this is a process of a run, and hears no Ctrl-C from here on: the run does, and stops the others.
"""

import signal
from contextlib import suppress

with suppress(OSError):  # without Pango there are no PDFs, and whoever asks for one is told so
    pass

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(
    signal.SIG_UNBLOCK, {signal.SIGINT}
)  # held back until here; what came meanwhile is ignored
