"""The page on accounts: its examples run and print what they say, and it names every route."""

import re
from pathlib import Path

from minisvc.services.accounts.app import create_app
from minisvc.services.accounts.clients import SCOPES
from tests.minisvc.services.accounts.conftest import needs_redis

PAGE = (Path(__file__).parents[4] / "docs" / "accounts.md").read_text()


@needs_redis
def test_the_pages_examples_print_what_they_say(capsys):
    codes = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {}
    for code in codes:
        exec(compile(code, "docs/accounts.md", "exec"), names)
    told = re.findall(r"print\(.*\)  # (\{.*?\}|[^:\n]+?)(?::[^\n]*)?$", "\n".join(codes), re.MULTILINE)
    assert (
        capsys.readouterr().out.splitlines() == told == ["None", "ann", "None", "{200}", "{'active': False}", "{200}"]
    )


def test_the_page_names_every_route_and_scope():
    rules = {rule.rule for rule in create_app("a").url_map.iter_rules()} - {"/static/<path:filename>", "/healthz"}
    assert [rule for rule in rules if f" {rule}`" not in PAGE and f"`{rule}`" not in PAGE] == []
    assert [scope for scope in SCOPES if f"`{scope}`" not in PAGE] == []
