"""Where the answers lean, in sentences."""

from advisor.interview import Outlook


def leaning(outlooks: tuple[Outlook, ...]) -> list[str]:
    """One sentence for each part: where it leans now."""
    return [
        _named(each, f"Leans to {_standing(each)}." if each.winner else _clash(each), outlooks) for each in outlooks
    ]


def turning(now: tuple[Outlook, ...], then: tuple[Outlook, ...]) -> list[str]:
    """What a reply would do: one sentence for each part that it moves, or one that says that it moves none."""
    # A part keeps its place, though another kind may give it another name.
    pairs = [*zip(now, then, strict=False), *((None, each) for each in then[len(now) :])]
    moved = [(first, each) for first, each in pairs if first is None or _core(first) != _core(each)]
    if not moved:
        return ["With this: no change."]
    return [_named(each, _turn(first, each), then) for first, each in moved]


def _core(outlook: Outlook) -> tuple[object, ...]:
    return outlook.standings, outlook.sides


def points(points: int | None) -> str:
    """Points as a table shows them; a mechanism that was ruled out has none."""
    return "out" if points is None else f"{points:+d}" if points else "0"


def _turn(now: Outlook | None, then: Outlook) -> str:
    if not then.winner:
        return f"With this: {_clash(then)}"
    if now and now.winner and now.winner.mechanism == then.winner.mechanism:
        return f"With this: still {_standing(then)}."
    return f"With this: {'→ ' if now else ''}{_standing(then)}."


def _standing(outlook: Outlook) -> str:
    first, *others = outlook.standings
    if not others:
        return f"{first.label}: nothing else is left"
    lead = first.points - others[0].points
    if not lead:
        return f"{first.label}, the simplest of a tie"
    return f"{first.label}, {lead} {'point' if lead == 1 else 'points'} ahead of {others[0].label}"


def _clash(outlook: Outlook) -> str:
    return f"a contradiction, nothing is left. {' '.join(outlook.sides)}"


def _named(outlook: Outlook, sentence: str, outlooks: tuple[Outlook, ...]) -> str:
    return f"{outlook.part}: {sentence}" if len(outlooks) > 1 else sentence
