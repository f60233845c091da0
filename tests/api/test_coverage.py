# SPDX-License-Identifier: MIT
"""Harvest 2 (decisions 25): the statuses that a table can produce must have been seen for every operation that promises
them. Those written by hand (2xx, 409, 412, 422) are listed at the end of the session."""
import pytest

from support.contract import GENERATED


@pytest.mark.last
def test_every_generated_status_was_seen(contract):
    unseen = sorted((name, status) for name, status in contract.documented() - set(contract.seen)
                    if status in GENERATED)
    assert not unseen, "documented, but no test has seen: " + ", ".join(f"{name} {status}" for name, status in unseen)
