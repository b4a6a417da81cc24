"""What the processes of a run import, in one place so that the fork server imports it once for all.

A process that imports this ignores Ctrl-C from here on: the run hears it and stops the others.
"""

import signal
from contextlib import suppress

import jinja2.ext  # noqa: F401 - nbconvert asks for it when it makes its first page
import nbconvert.exporters.html  # noqa: F401

import ffanalysis.render.render
import ffanalysis.run.prepare  # noqa: F401

with suppress(OSError):  # without Pango there are no PDFs, and the page that needs one says so
    import weasyprint.pdf  # noqa: F401

signal.signal(signal.SIGINT, signal.SIG_IGN)
# Blocked until here by the process that started this one; a Ctrl-C that came meanwhile is ignored.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
