"""Write docs/settings.md from the schema of settings.toml."""

from pathlib import Path

from ffanalysis.read.settings import CASES, weights
from ffanalysis.settings import (
    CONTRAST,
    LARGEST_LOGO,
    WEIGHTS,
    WORDS,
    about,
    as_text,
    declared,
    rule_of,
)

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
_OPENING = f"""# A council's own: `settings.toml`

Names, colours, logo, marking and words of your own stand in one file, `settings.toml`, in
`data/raw/` for all quarters or beside a quarter's workbooks for that one; of both, the quarter's
replaces what it sets. What is left out is as in the column "default". Whatever is not known is
refused in one sentence, with the nearest name that is. The settings are an input like the
workbooks: where they change, the briefings are made anew.

`ffanalysis init FOLDER` writes one that explains every setting and sets none: each stands there at
its default behind a #. A default that is written out changes nothing. Where a setting has no
default, `""` takes back, for one quarter, what is set for all.

```toml
[programme]
name = "Fit for the Future"

[logo]
file = "council-logo.svg"             # beside this file
alt = "Example Council"

[colours]
accent = "#00509d"

[roles]
cmr_lead = "Cabinet Member with Responsibility"

[role_words]
"CMR" = "Cabinet Member with Responsibility"

[status_words]
"Gate 4" = "In delivery"

[marking]
text = "OFFICIAL"

[project_markings]
"Day Centres" = "OFFICIAL – SENSITIVE"
```

A **colour** is six hexadecimal digits behind #. Each needs a contrast of {CONTRAST:g} to 1 with
white; one that has less is refused by its name, since everybody must be able to read what it
prints. In the dark mode of a browser the accent and the marks stay ours.

A **logo** is a PNG or SVG of at most {LARGEST_LOGO // 1000} kB, and becomes part of each page.
An SVG with a script in it, or a reference to anything outside itself, is refused.

A **marking** stands at the head of every page, of the HTML and of the PDF, and on the note in place
of a briefing. The programme page carries those of all its projects. One for a project that the
register does not have stops the run: it would protect nothing.

A **status** decides the banner. It has the alarm colour where a decision or an approval is missing,
is quiet where a project is in delivery, on hold, closed or withdrawn, and is gone once it is
approved. A word that is not known is asked about once, on the programme page and by
`ffanalysis check` ([status-known](rules.md#status-known)).
"""
_HEAD = "| key | sets | default | example |\n| --- | --- | --- | --- |\n"
_WEIGHTS_HEAD = "| status | low | central | high |\n| --- | --- | --- | --- |\n"
_WEIGHTS = f"""
## `[{WEIGHTS}]`

How much of a saving is counted on by its RAG status, in percent, for a low, a central and a high
case: see [layouts](layouts.md#what-is-counted-on-settingstoml). One that is written out is your
own assumption, and the forecasts say so, also where it is the same as the default.

"""
_CLOSING = """
This page is made from the declarations that the settings are read by.
"""


def page() -> str:
    """The page as the schema has it."""
    parts = [_OPENING]
    for table, items in declared().items():
        parts.append(f"\n## `[{table}]`\n\n{about(table)}\n\n{_HEAD}")
        for item in items:
            rule = rule_of(item)
            default = f"`{as_text(item.default)}`" if item.default != "" else ""
            parts.append(f"| `{item.name}` | {rule.meaning} | {default} | `{rule.example}` |\n")
    for table, words in WORDS.items():
        parts.append(
            f"\n## `[{table}]`\n\n{words.meaning} Each key is {words.key}; its value is"
            f" {words.value.write}.\n\n```toml\n[{table}]\n{words.example}\n```\n"
        )
    parts += [_WEIGHTS, _WEIGHTS_HEAD]
    for row in weights(()):
        parts.append(f"| `{row['rag']}` | {' | '.join(str(row[case]) for case in CASES)} |\n")
    return "".join([*parts, _CLOSING])
