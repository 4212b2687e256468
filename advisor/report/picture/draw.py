"""From advice to a picture: who stands in which row, and who talks to whom."""

from collections.abc import Iterable, Iterator
from itertools import pairwise, product

from advisor.model import ComponentAdvice, Rulebook
from advisor.report.picture.parts import Kind, Link, Part, Picture
from advisor.report.picture.shapes import Shape, shape_of

INSTANCES = "abc"


def picture_of(advice: ComponentAdvice, rulebook: Rulebook) -> Picture | None:
    """The picture of one component; None where the answers contradict each other."""
    if advice.mechanism is None:
        return None
    mechanisms = [rulebook.mechanisms[name] for name in (advice.mechanism, *(each.mechanism for each in advice.also))]
    first, *beside = (shape_of(each) for each in mechanisms)
    rows = tuple(tuple(row) for row in _rows(first, beside) if row)
    labels = " + ".join(each.label for each in mechanisms)
    return Picture(f"{advice.name}: {labels}", rows, tuple(_links(rows, peers=first.peers)))


def _rows(first: Shape, beside: list[Shape]) -> Iterator[list[Part]]:
    shapes = [first, *beside]
    carried = ", ".join(dict.fromkeys(each.carried for each in shapes if each.carried))
    yield [Part("clients", Kind.CLIENT, "Clients", carried)]
    if any(each.cache for each in shapes):
        yield [Part("cache", Kind.CACHE, "Edge cache", "shared answers, may be lost")]
    gateway = any(each.gateway for each in shapes)
    yield [Part("balancer", Kind.BALANCER, "Balancer", "any gateway" if gateway else first.routing)]
    if gateway:
        yield [
            Part(f"gateway_{name}", Kind.GATEWAY, f"Gateway {name}", "holds connections", keeps=True) for name in "ab"
        ]
    if first.gateway:
        yield [Part("backplane", Kind.STORE, "Backplane", "pub/sub joins the gateways")]
    yield list(_instances(first, "instance"))
    yield [
        Part(f"store_{number}", Kind.STORE, label, note, keeps=True)
        for number, (label, note) in enumerate((store for each in shapes for store in each.stores), start=1)
    ]
    for owner in (each for each in beside if each.owners):
        yield list(_instances(owner, "owner"))


def _instances(shape: Shape, stem: str) -> Iterator[Part]:
    for name in INSTANCES:
        yield Part(f"{stem}_{name}", Kind.INSTANCE, f"{shape.instance} {name}", shape.note, shape.live)


def _links(rows: tuple[tuple[Part, ...], ...], *, peers: bool) -> Iterator[Link]:
    for upper, lower in pairwise(rows):
        yield from (Link(start.id, end.id) for start, end in product(upper, lower))
    if peers:
        yield from (Link(left.id, right.id, mutual=True) for left, right in _neighbours(rows))


def _neighbours(rows: Iterable[tuple[Part, ...]]) -> Iterator[tuple[Part, Part]]:
    for row in rows:
        if row[0].id.startswith("instance"):
            yield from pairwise(row)
