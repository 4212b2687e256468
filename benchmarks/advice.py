"""How fast advice is: commands against a bare Python, decisions against a rule engine (`pip install zen-engine`).

python benchmarks/advice.py [ROUNDS]
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from advisor.engine import Decision, Judge, facts_of
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
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
        for _ in range(rounds + 1):
            for name, (line, before) in lines.items():
                if before:
                    before()
                spent[name].append(timed(line))
                if before:
                    timed(line)  # so that the next one asks again
    bare_s, bare_cpu_s = medians(spent["python -c pass"])
    for name, times in spent.items():
        wall_s, cpu_s = medians(times)
        ratios = f"{cpu_s / bare_cpu_s:5.2f} times a bare Python's processor time, {wall_s / bare_s:5.2f} by the clock"
        print(f"{name:45} {cpu_s * 1000:6.1f} ms {ratios}")


def medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    """By the clock and of the processor, without the first round."""
    return statistics.median(wall_s for wall_s, _ in times[1:]), statistics.median(cpu_s for _, cpu_s in times[1:])


def timed(line: list[str]) -> tuple[float, float]:
    """Seconds of a whole process: by the clock, and of the processor, which others at work disturb less."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    started_s = time.perf_counter()
    process = os.posix_spawn(line[0], line, os.environ, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    wall_s = time.perf_counter() - started_s
    assert status == 0, line
    return wall_s, used.ru_utime + used.ru_stime


def decisions(rounds: int) -> None:
    """Decisions on one portfolio, by both to the same result. Nothing is remembered from round to round."""
    try:
        import zen
    except ImportError:
        print("decisions: not measured, for there is no zen-engine (pip install zen-engine)")
        return
    book = load_rules()
    portfolio = [facts_of(book, values) for values in random_values(book, PORTFOLIO)]
    engine = zen.ZenEngine(
        {"loader": {"type": "static", "content": {"fires": graph(book), "weighs": graph(book, SCORES)}}}
    )
    for ours, theirs in zip(advised(book, portfolio), zens(engine, "weighs", portfolio), strict=True):
        assert shown(ours) == theirs, (shown(ours), theirs)
    fires, weighs = "zen-engine, which rules fire", "zen-engine, every score and reason"
    ways: dict[str, Callable[[], object]] = {
        fires: lambda: zens(engine, "fires", portfolio),
        weighs: lambda: zens(engine, "weighs", portfolio),
        "advisor, every score and reason": lambda: advised(book, portfolio),
        "advisor, the mechanism that wins": lambda: winners(book, portfolio),
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started_s = time.perf_counter()
            way()
            spent[name].append((time.perf_counter() - started_s) / len(portfolio))
    typical = {name: statistics.median(times) for name, times in spent.items()}
    for name, each_s in typical.items():
        ratios = f"{typical[weighs] / each_s:6.2f} times as fast as zen-engine to the same result"
        print(f"{name:45} {each_s * 1e6:6.1f} us {ratios}, {typical[fires] / each_s:6.2f} as it finds what fires")


def zens(engine: Any, key: str, portfolio: list[dict[str, str]]) -> list[Any]:
    """What zen-engine makes of a portfolio, in one call."""
    found = engine.evaluate_batch([{"key": key, "context": facts} for facts in portfolio])
    return [each["data"]["result"] for each in found]


def advised(book: Rulebook, portfolio: list[dict[str, str]]) -> list[Decision]:
    judge = Judge(Scales(book, {}))
    return [judge.decide(facts) for facts in portfolio]


def winners(book: Rulebook, portfolio: list[dict[str, str]]) -> list[str | None]:
    scales = Scales(book, {})
    return [winner_of(scales, facts) for facts in portfolio]


def shown(decision: Decision) -> list[dict[str, object]]:
    """A decision as zen-engine gives it."""
    return [
        {
            "mechanism": score.mechanism,
            "total": score.total,
            "reasons": {
                each.concern: [voice.rule for voice in (each.best, each.worst) if voice] for each in score.tallies
            },
        }
        for score in decision.scores
    ]


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


SCORES = """\
const ARGUMENTS = %s, NAMES = %s, CONCERNS = %s;
export const handler = async (rows) => {
  const gone = new Set(), heard = {};
  for (const { fired } of rows) {
    const argument = ARGUMENTS[fired];
    for (const name of argument.removes ?? []) gone.add(name);
    for (const [name, points] of Object.entries(argument.points ?? {})) {
      const voices = ((heard[name] ??= {})[argument.concern] ??= [null, null]);
      const side = points > 0 ? 0 : 1;
      if (!voices[side] || Math.abs(points) > Math.abs(voices[side].points)) voices[side] = { fired, points };
    }
  }
  const scores = [];
  for (const mechanism of NAMES) {
    if (gone.has(mechanism)) continue;
    let total = 0;
    const reasons = {};
    for (const concern of CONCERNS) {
      const voices = heard[mechanism]?.[concern];
      if (!voices) continue;
      reasons[concern] = voices.filter(Boolean).map((voice) => voice.fired);
      for (const voice of voices) total += voice?.points ?? 0;
    }
    scores.push({ mechanism, total, reasons });
  }
  return scores.sort((one, other) => other.total - one.total);
};
"""
"""How zen-engine comes to every score and reason: by a function over the rules that fire, as its makers advise."""


def graph(book: Rulebook, function: str = "") -> dict[str, object]:
    """The conditions as a decision table of zen-engine that collects every row that fits, and a function over these."""
    table = {"id": "table", "type": "decisionTableNode", "name": "table", "content": as_table(book)}
    nodes = [{"id": "in", "type": "inputNode", "name": "in"}, table]
    if function:
        source = function % tuple(map(json.dumps, (arguments(book), [*book.mechanisms], [*book.concerns])))
        nodes.append({"id": "sum", "type": "functionNode", "name": "sum", "content": {"source": source}})
    nodes.append({"id": "out", "type": "outputNode", "name": "out"})
    edges = [
        {"id": f"{one['id']}-{other['id']}", "sourceId": one["id"], "targetId": other["id"], "type": "edge"}
        for one, other in pairwise(nodes)
    ]
    return {"nodes": [{**node, "position": {"x": 0, "y": 0}} for node in nodes], "edges": edges}


def arguments(book: Rulebook) -> dict[str, object]:
    """What each requirement and rule says, by its id."""
    rules = {each.id: {"concern": each.concern, "points": dict(each.points)} for each in book.rules}
    return {**rules, **{each.id: {"removes": sorted(each.removes)} for each in book.requirements}}


def as_table(book: Rulebook) -> dict[str, object]:
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
    return {
        "hitPolicy": "collect",
        "inputs": [{"id": f"in-{name}", "name": name, "field": name} for name in names],
        "outputs": [{"id": "out", "name": "fired", "field": "fired"}],
        "rules": rows,
    }


if __name__ == "__main__":
    main()
