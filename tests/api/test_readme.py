# SPDX-License-Identifier: MIT
"""The seven requests of README.md, run as they are printed on the data of `./dev up`; and what it points to exists."""
import json
import re
import subprocess

import pytest

from support.cluster import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUESTS = re.findall(r"^```sh\n(.*?)^```\n```json\n(.*?)^```", README, re.M | re.S)
DOCUMENTS = [path for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
             if "node_modules" not in path.parts]


def test_requests_answer_as_printed(demo):
    assert len(REQUESTS) == 7
    mark = "==== next ===="
    script = f"\necho '{mark}'\n".join(command for command, _ in REQUESTS)
    settings = f"set -euo pipefail\nAPI={demo.service.url}\nTOKEN={demo.token}\n"
    done = subprocess.run(["bash"], input=settings + script, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split(mark)
    assert [json.loads(answer) for answer in answers] == [json.loads(expected) for _, expected in REQUESTS]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} points to {target}"
