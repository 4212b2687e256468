"""How fast advice is: commands against a bare Python, decisions against a rule engine (`pip install zen-engine`).

python benchmarks/advice.py [ROUNDS]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from advisor.engine import decide, facts_of
from advisor.engine.weigh import winner_of
from advisor.model import Rulebook
from advisor.rules import load_rules
from advisor.space import Scales

ROUNDS = 15
PORTFOLIO = 300
"""Answer sets that are decided in one round."""
ANSWERS = """\
version: 1
name: corner shop
system: {sessions: 20000, requests_per_second: 400, bytes_per_session: 4096, spikes: flash, budget: moderate}
components:
  - name: cart
    archetype: cart
"""


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    commands(rounds)
    decisions(rounds)


def commands(rounds: int) -> None:
    """Times of processes, interleaved, as ratios to a Python that does nothing."""
    advisor = str(Path(sys.executable).with_name("advisor"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        file = Path(folder, "answers.yaml")
        file.write_text(ANSWERS, encoding="utf-8")

        def anew() -> None:
            file.write_text(f"{ANSWERS}# {time.monotonic_ns()}\n", encoding="utf-8")

        lines: dict[str, tuple[list[str], Callable[[], None] | None]] = {
            "python -c pass": ([sys.executable, "-c", "pass"], None),
            "advisor --help": ([advisor, "--help"], None),
            "advisor recommend FILE --json, again": ([advisor, "recommend", str(file), "--json"], None),
            "advisor recommend FILE --json, new answers": ([advisor, "recommend", str(file), "--json"], anew),
        }
        spent: dict[str, list[float]] = {name: [] for name in lines}
        for _ in range(rounds + 1):
            for name, (line, before) in lines.items():
                if before:
                    before()
                spent[name].append(timed(line))
                if before:
                    timed(line)  # so that the next one asks again
    bare = statistics.median(spent["python -c pass"][1:])
    for name, times in spent.items():
        median = statistics.median(times[1:])
        print(f"{name:45} {median * 1000:6.1f} ms {median / bare:6.2f} times a bare Python")


def timed(line: list[str]) -> float:
    started_s = time.perf_counter()
    subprocess.run(line, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started_s


def decisions(rounds: int) -> None:
    """Decisions on one portfolio. The rule engine only finds the rules that fire; here the points are added as well."""
    try:
        import zen
    except ImportError:
        print("decisions: not measured, for there is no zen-engine (pip install zen-engine)")
        return
    book = load_rules()
    scales = Scales(book, {})
    portfolio = [facts_of(book, values) for values in random_values(book, PORTFOLIO)]
    table = zen.ZenEngine().create_decision(json.dumps(as_table(book)))
    for facts in portfolio[:50]:
        fired = {row["fired"] for row in table.evaluate(facts)["result"]}
        assert fired == {each.id for each in (*book.requirements, *book.rules) if each.when.holds(facts)}
        assert decide(scales, facts).winner == winner_of(scales, facts)
    ways: dict[str, Callable[[], object]] = {
        "zen-engine, which rules fire": lambda: [table.evaluate(facts) for facts in portfolio],
        "advisor, the mechanism that wins": lambda: [winner_of(scales, facts) for facts in portfolio],
        "advisor, with every score and reason": lambda: [decide(scales, facts) for facts in portfolio],
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started_s = time.perf_counter()
            way()
            spent[name].append((time.perf_counter() - started_s) / len(portfolio))
    zens = statistics.median(spent["zen-engine, which rules fire"])
    for name, times in spent.items():
        median = statistics.median(times)
        print(f"{name:45} {median * 1e6:6.1f} us {zens / median:6.2f} times as fast as zen-engine")


def random_values(book: Rulebook, count: int) -> list[dict[str, str | float]]:
    """Answer sets, the same ones each time; each question is unknown in one of six."""
    chance = Random(1)
    questions = list(book.questions.values())
    return [
        {
            question.id: chance.choice([band.low for band in question.bands] or question.choices)
            for question in questions
            if chance.random() > 1 / 6
        }
        for _ in range(count)
    ]


def as_table(book: Rulebook) -> dict[str, object]:
    """The conditions as a decision table of zen-engine that collects every row that fits."""
    names = [*book.questions, *book.facts]
    rows = [
        {
            "_id": each.id,
            "out": f"'{each.id}'",
            **{
                f"in-{name}": ",".join(f"'{choice}'" for choice in sorted(dict(each.when.terms).get(name, ())))
                for name in names
            },
        }
        for each in (*book.requirements, *book.rules)
    ]
    inputs = [{"id": f"in-{name}", "name": name, "field": name} for name in names]
    content = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "out", "name": "fired", "field": "fired"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content, "position": {"x": 1, "y": 0}},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


if __name__ == "__main__":
    main()
