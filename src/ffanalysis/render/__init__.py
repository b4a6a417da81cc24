"""One notebook to one page to one PDF."""

import sys

# Where JupyterLab is installed, jsonschema builds grammars of internet addresses when it is
# imported, more than a second for each process; the schema of notebooks asks for none of them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
