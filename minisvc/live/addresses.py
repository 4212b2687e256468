"""How a person reaches a running cluster, and where it keeps its sessions, in words."""

from __future__ import annotations

from minisvc.cluster import Cluster


def curl(cluster: Cluster) -> str:
    """A command to paste: it adds to the first cart there is, or asks the first service."""
    for service in cluster.layout.services:
        if service.service == "cart":
            path = service.path.removesuffix("/")
            return f"curl -i -b jar -c jar -d item=apples {cluster.url}{path}/cart/items"
    return f"curl -i {browser(cluster)}"


def browser(cluster: Cluster) -> str:
    """The address of the first service."""
    return f"{cluster.url}{cluster.layout.services[0].path.removesuffix('/')}/"


def stored(cluster: Cluster, service: str) -> str:
    """Which store a service uses, as the end of a sentence; "" where it uses none."""
    store = cluster.store_of(service)
    # A token is with the client; what a store has is the list of those that are denied.
    what = "its deny-list" if cluster.service(service).state == "signed_token" else "kept"
    return f", {what} in {store.says} at {store.shown_url}" if store else ""
