# SPDX-License-Identifier: MIT
"""Harvest 2 (decisions 25): in a whole run, the statuses that the tests have seen are those that the contract documents, for
every operation. 500 is documented nowhere but in `components`: nobody promises it, and nobody may see it."""
import pytest

pytestmark = pytest.mark.last


def listed(pairs):
    return ", ".join(f"{name} {status}" for name, status in sorted(pairs))


def test_everything_documented_was_seen(contract):
    unseen = contract.documented() - set(contract.seen)
    assert not unseen, f"{len(unseen)} documented, but seen by no test: {listed(unseen)}"


def test_nothing_undocumented_was_seen(contract):
    assert not contract.undocumented, f"seen, but not documented: {listed(contract.undocumented)}"
