"""What projects were called before, by the aliases that a council has declared."""

from pathlib import Path

from ffanalysis.provenance import slug
from ffanalysis.read import inputs_of
from ffanalysis.read.corrections import ALIASES, read_aliases


def former_names(root: Path, period: str) -> dict[str, tuple[str, ...]]:
    """The other names of each project that aliases.toml declares, as files have them.

    Raises what `inputs_of` raises.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path in inputs_of(root, period):
        if path.name == ALIASES:
            for other, name in read_aliases(path.read_bytes()).get("project", {}).items():
                found[slug(name)] = (*found.get(slug(name), ()), slug(other))
    return found
