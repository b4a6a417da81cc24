"""A released quarter whose pages say whose they are, with recipients: for all that sends mails."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from quick import Quick, in_this_process
from rendered import PERIOD

ADDRESSES = [f"director{number}@example.gov.uk" for number in range(5)]


def release_quick(root: Path, addresses: Sequence[str] = ADDRESSES) -> Path:
    """Release the quarter that was published in a programme, one project of it to these addresses.

    Nothing is rendered.
    """
    from test_mail import MAIL, page, recipients
    from test_release import EXPLAINED, HEAD, declare, rerun

    from ffanalysis.deliver.release import release

    quick = Quick()
    quick.content = lambda task, _: page(task.name)
    declare(root, "settings.toml", MAIL)
    declare(root, "explanations.toml", EXPLAINED)
    recipients(root, *(("SEN Contract Efficiency", "", each) for each in addresses))
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, root)
        patch.setattr("ffanalysis.run.spreadsheet.is_installed", lambda: False)
        rerun(quick, root)
        release(root, PERIOD, HEAD)
    return root
