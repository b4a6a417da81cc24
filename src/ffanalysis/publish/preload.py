"""What the reader and the workers of a run import, here in one place so that it can be imported once for all of them."""

from contextlib import suppress

import jinja2.ext  # noqa: F401 - nbconvert asks for it when it makes its first page
import nbconvert.exporters.html  # noqa: F401

import ffanalysis.publish.prepare
import ffanalysis.publish.render  # noqa: F401

with suppress(OSError):  # without Pango there are no PDFs, and whoever asks for one is told so
    import weasyprint.pdf  # noqa: F401
