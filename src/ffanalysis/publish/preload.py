"""What the reader and the workers of a run import, here in one place so that it can be imported once for all of them.

Whoever imports this is a process of a run, and hears no Ctrl-C from here on: the run does, and stops the others.
"""

import signal
from contextlib import suppress

import jinja2.ext  # noqa: F401 - nbconvert asks for it when it makes its first page
import nbconvert.exporters.html  # noqa: F401

import ffanalysis.publish.prepare
import ffanalysis.publish.render  # noqa: F401

with suppress(OSError):  # without Pango there are no PDFs, and whoever asks for one is told so
    import weasyprint.pdf  # noqa: F401

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(
    signal.SIG_UNBLOCK, {signal.SIGINT}
)  # held back until here; what came meanwhile is ignored
