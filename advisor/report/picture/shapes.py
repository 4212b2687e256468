"""What each mechanism adds to a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.model import Mechanism, ServiceClass

NOTHING = "keeps nothing"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a mechanism looks like at work. Empty texts and tuples add nothing.

    Attributes:
        carried: what the client brings with each request.
        routing: how the balancer chooses.
        instance, note: what an instance is called, and what it keeps.
        stores: label and note of each store behind the instances.
        live: whether the instances keep state that the next request needs.
        peers: whether instances copy to one another.
        cache: whether a cache answers before the balancer.
        gateway: whether a tier of its own holds the connections.
        owners: whether, beside another mechanism, it adds owners behind the store.
    """

    carried: str = ""
    routing: str = "any instance"
    instance: str = "Instance"
    note: str = NOTHING
    stores: tuple[tuple[str, str], ...] = ()
    live: bool = False
    peers: bool = False
    cache: bool = False
    gateway: bool = False
    owners: bool = False


SHAPES: Mapping[str, Shape] = {
    "self_contained": Shape(carried="all that a request needs"),
    "signed_token": Shape(carried="a signed token", note="verifies, keeps nothing"),
    "signed_cookie": Shape(carried="the session, in a signed cookie"),
    "client_store": Shape(carried="its own state"),
    "edge_cache": Shape(cache=True),
    "function": Shape(routing="starts one when needed", instance="Function"),
    "shared_session": Shape(carried="a session id", stores=(("Session store", "Redis or Memcached"),)),
    "database_session": Shape(carried="a session id", stores=(("Database", "sessions as rows"),)),
    "idempotency_store": Shape(carried="a key an intent", stores=(("Idempotency store", "outcome by key"),)),
    "opaque_token": Shape(carried="an opaque token", stores=(("Token issuer", "what a token means"),)),
    "event_log": Shape(stores=(("Event log", "every change, in order"),)),
    "durable_workflow": Shape(stores=(("Workflow engine", "each finished step"),)),
    "soft_affinity": Shape(routing="the warm one first, else any", note="warm copies, may be lost"),
    "sticky_memory": Shape("an affinity cookie", "always the same instance", note="its sessions, in memory", live=True),
    "replicated_memory": Shape(
        "an affinity cookie", "the same one while it lives", note="sessions and copies", live=True, peers=True
    ),
    "connection_gateway": Shape("an open connection", "any gateway", gateway=True),
    "actor": Shape("an entity's id", "where the entity lives", "Actors", "one owner an entity", live=True),
    "partitioned_owner": Shape(
        "an entity's key", "the leader of the key", "Owner", "leads some keys", live=True, peers=True, owners=True
    ),
    "pinned_connection": Shape(
        "one connection", "one connection, end to end", note="the session of its connection", live=True
    ),
}


def shape_of(mechanism: Mechanism) -> Shape:
    """The shape of a mechanism; one that only other rules know is drawn by its class."""
    known = SHAPES.get(mechanism.id)
    if known:
        return known
    if mechanism.service_class is ServiceClass.STATELESS:
        return Shape()
    if mechanism.service_class is ServiceClass.HYBRID:
        return Shape(stores=((mechanism.label, ""),))
    return Shape(routing="the owner of the state", note=f"{mechanism.label}: live state", live=True)
