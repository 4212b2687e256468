"""The panel as a still picture: an SVG document that needs nothing around it, and the same in words.

It carries its own light background and colours, for it is seen where no style sheet of ours is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from textwrap import shorten

from minisvc.panel.crowd import Crowd
from minisvc.panel.marks import HARM
from minisvc.panel.pens import FAINT, INK, PAPER, Pen, box, link, shape, words
from minisvc.panel.picture import Chip, Customer, Instance, Picture
from minisvc.panel.story import Line

WIDTH = 900
ROW, TOP = 46, 84
LINES_SHOWN, MOST_LETTERS = 3, 120
LETTER = 7.6
"""The width of a letter, about."""
CALM = "#0072B2"
CUSTOMER_X, BALANCER_X, INSTANCE_X, STORE_X = 30, 330, 500, 790
SERVING = ("up", "draining", "unhealthy")


def svg(seen: Picture, lines: tuple[Line, ...] = ()) -> str:
    """Draw `seen`, with the last few sentences of the log beneath it."""
    tall = 34 + 26 * max((_rows(seen.owners_at(each.name)) for each in seen.instances), default=1)
    rows = max(len(seen.customers) * ROW, len(seen.instances) * (tall + 14), 60)
    height = TOP + rows + 26 + 20 * LINES_SHOWN
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="14">',
        f"<title>{escape(text(seen))}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        *_heading(seen),
        *_nodes(seen, rows, tall),
        *_log(lines, TOP + rows + 30),
        "</svg>",
    ]
    return "".join(parts)


def text(seen: Picture) -> str:
    """Say `seen` in a few lines."""
    rows = [
        f"{seen.title}: state {seen.state}, sticky {'on' if seen.sticky else 'off'}, policy {seen.policy}",
        f"served {seen.served}, lost {seen.lost}, failed {seen.failed}",
    ]
    rows += [seen.crowd.says] if seen.crowd else [f"{each.name}: {each.says}" for each in seen.customers]
    rows += [f"instance {each.name}: {_condition(each)}{_holds(seen, each.name)}" for each in seen.instances]
    if seen.store:
        told = f", {seen.store_traffic}" if seen.store_traffic else ""
        rows.append(f"store {seen.store}{_holds(seen, 'store')}{told}")
    return "\n".join(rows)


def _condition(instance: Instance) -> str:
    """Its status, and what else ails it."""
    return " and ".join([instance.status, *instance.ails])


def _holds(seen: Picture, place: str) -> str:
    pile = seen.pile_at(place)
    if pile:
        return f", holds {pile.says}"
    owners = seen.owners_at(place)
    return f", holds the cart of {', '.join(owners)}" if owners else ""


def _rows(owners: tuple[str, ...]) -> int:
    return max(1, -(-len(owners) // 3))


def _heading(seen: Picture) -> Iterator[str]:
    sticky = "on" if seen.sticky else "off"
    title = f"{seen.title} · state: {seen.state} · sticky: {sticky}"
    yield words(CUSTOMER_X, 28, title, Pen(bold=True))
    yield words(CUSTOMER_X, 54, f"✓ served {seen.served}", Pen(CALM))
    yield words(CUSTOMER_X + 150, 54, f"◆ lost {seen.lost}", Pen(HARM if seen.lost else FAINT, bold=True))
    yield words(CUSTOMER_X + 260, 54, f"✕ failed {seen.failed}", Pen(HARM if seen.failed else FAINT))


def _nodes(seen: Picture, rows: int, tall: int) -> Iterator[str]:
    middle = TOP + rows / 2
    places = list(zip(seen.customers, _spread(rows, len(seen.customers)), strict=True))
    boxes = list(zip(seen.instances, _spread(rows, len(seen.instances)), strict=True))
    for customer, y in places:
        yield link((_end(_label(seen, customer)), y), (BALANCER_X, middle))
    if seen.crowd:
        yield link((CUSTOMER_X + 12, middle), (BALANCER_X, middle))
        yield from _crowd(seen.crowd, middle)
    for each, y in boxes:
        yield link((BALANCER_X + 90, middle), (INSTANCE_X, y), broken=each.status not in SERVING)
        if seen.store:
            yield link((INSTANCE_X + 210, y), (STORE_X, middle), broken=True)
    for customer, y in places:
        yield from _customer(customer, y, _label(seen, customer))
    yield box((BALANCER_X, middle - 24), (90, 48), Pen(CALM))
    yield words(BALANCER_X + 14, middle + 5, "balancer")
    for each, y in boxes:
        yield from _instance(each, y, tall, _contents(seen, each.name, (INSTANCE_X + 12, y - tall / 2 + 42)))
    if seen.store:
        yield from _store(seen, middle)


def _spread(rows: int, count: int) -> list[float]:
    """Heights of `count` things spread evenly over `rows` pixels."""
    return [TOP + rows * (place + 0.5) / count for place in range(count)]


def _label(seen: Picture, customer: Customer) -> str:
    carried = any(chip.place == "client" and chip.owner == customer.name for chip in seen.chips)
    return f"{customer.name}: {customer.says}{', in its cookie' if carried else ''}"


def _end(label: str) -> float:
    """About where a customer's label ends, so that its line begins there and does not run through the words."""
    return min(CUSTOMER_X + 36 + LETTER * len(label), BALANCER_X - 20)


def _customer(customer: Customer, y: float, label: str) -> Iterator[str]:
    yield shape(customer, (CUSTOMER_X + 12, y))
    harmed = customer.contradicted
    yield words(CUSTOMER_X + 30, y + 5, label, Pen(HARM if harmed else INK, bold=harmed, halo=True))


def _crowd(crowd: Crowd, middle: float) -> Iterator[str]:
    for place, said in enumerate(crowd.says.split(", ", 2)):
        pen = Pen(HARM if place == 2 and crowd.contradicted else INK, bold=not place, halo=True)
        yield words(CUSTOMER_X, middle - 15 + 20 * place, said, pen)


def _instance(instance: Instance, y: float, tall: int, contents: Iterable[str]) -> Iterator[str]:
    up = instance.status in SERVING
    top = y - tall / 2
    yield box((INSTANCE_X, top), (210, tall), Pen(CALM if up else HARM), broken=not up)
    label = f"{instance.name} {'' if up else '✕ '}{_condition(instance)}"
    yield words(INSTANCE_X + 12, top + 21, label, Pen(INK if up and not instance.ails else HARM, bold=True))
    yield from contents


def _store(seen: Picture, middle: float) -> Iterator[str]:
    chips = _marked(seen, "store")
    tall = 36 + 26 * max(1, len(chips))
    top = middle - tall / 2
    pen = Pen(HARM if seen.store_down else CALM)
    yield box((STORE_X, top), (100, tall), pen, broken=seen.store_down)
    yield words(STORE_X + 10, top + 21, "✕ store" if seen.store_down else "store", Pen(bold=True))
    yield words(STORE_X - 40, top + tall + 18, seen.store or "", Pen(HARM if seen.store_down else FAINT, halo=True))
    pile = seen.pile_at("store")
    if pile:
        yield words(STORE_X + 10, top + 47, f"{pile.carts} carts")
    for place, each in enumerate(chips):
        yield from _chips([each], STORE_X + 12, top + 42 + 26 * place)


def _contents(seen: Picture, place: str, corner: tuple[float, float]) -> Iterator[str]:
    """The carts in an instance, or how many they are."""
    pile = seen.pile_at(place)
    if pile:
        yield words(corner[0], corner[1] + 5, pile.says)
    else:
        yield from _chips(_marked(seen, place), *corner)


def _chips(chips: list[tuple[Customer, Chip]], x: float, y: float) -> Iterator[str]:
    for place, (customer, chip) in enumerate(chips):
        left, middle = x + 64 * (place % 3), y + 26 * (place // 3)
        yield shape(customer, (left + 8, middle), scale=0.7)
        yield words(left + 20, middle + 5, f"{customer.name}·{chip.items}")


def _marked(seen: Picture, place: str) -> list[tuple[Customer, Chip]]:
    """The present carts at `place`, each with the customer who owns it."""
    known = {each.name: each for each in seen.customers}
    here = (chip for chip in seen.chips if chip.place == place and chip.current)
    return [(known[chip.owner], chip) for chip in here if chip.owner in known]


def _log(lines: Iterable[Line], top: float) -> Iterator[str]:
    for place, line in enumerate(list(lines)[-LINES_SHOWN:]):
        yield words(CUSTOMER_X, top + 20 * place, shorten(line.sentence, MOST_LETTERS, placeholder=" …"), Pen(FAINT))


def beside(documents: list[str]) -> str:
    """Several such drawings in one, from top to bottom."""
    heights = [float(each.split('height="', 1)[1].split('"', 1)[0]) for each in documents]
    tall = sum(heights)
    tops = [sum(heights[:place]) for place in range(len(heights))]
    inner = "".join(each.replace("<svg ", f'<svg y="{top:.0f}" ', 1) for each, top in zip(documents, tops, strict=True))
    size = f'viewBox="0 0 {WIDTH} {tall:.0f}" width="{WIDTH}" height="{tall:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inner}</svg>'
