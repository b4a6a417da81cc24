"""Fail where radon rates a function worse than C (over 20), or too many of them over 10.

Radon counts one for a function itself and one for each of its decisions: each branch, loop and
comprehension, each of their conditions, each `and`, `or` and conditional expression.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from radon.complexity import cc_rank, cc_visit
from radon.visitors import Function

SOURCE = Path(__file__).parents[1] / "src"
WORST = "C"
MANY = 10
MOST = 0.05  # the share of functions that may be over it


def functions(folder: Path) -> Iterator[tuple[str, int]]:
    """Each function and method of a folder's modules with its complexity."""
    for path in sorted(folder.rglob("*.py")):
        for block in cc_visit(path.read_text("utf-8")):
            if isinstance(block, Function):
                place = f"{path.relative_to(folder.parent)}:{block.lineno}"
                yield f"{place} {block.fullname}", block.complexity


def main() -> int:
    found = dict(functions(SOURCE))
    worse = {name: value for name, value in found.items() if cc_rank(value) > WORST}
    for name, value in sorted(worse.items(), key=lambda item: -item[1]):
        print(f"{name} is rated {cc_rank(value)} ({value})")
    many = sum(value > MANY for value in found.values())
    share = many / len(found)
    print(f"{many} of {len(found):,} functions are over {MANY}: {share:.1%} (below {MOST:.0%} may)")
    return 1 if worse or share >= MOST else 0


if __name__ == "__main__":
    sys.exit(main())
