"""What the real balancers can do of what a layout may ask, as data: NGINX's open version before 1.29.6, HAProxy 2.6.

Sources: nginx.org, modules ngx_http_upstream_module and ngx_http_proxy_module; HAProxy Configuration Manual 2.6,
sections 4.2 (balance, hash-type, hash-balance-factor) and 5.2 (server options).
"""

from __future__ import annotations

NAMES = {"nginx": "NGINX", "haproxy": "HAProxy"}
"""How a person writes them."""

_INSTEAD = {
    "rendezvous": "Take ring_hash, which moves as few keys",
    "bounded_load": "Take ring_hash, which has no bound",
}
_POLICIES_MISSING = {"nginx": ("rendezvous", "bounded_load"), "haproxy": ("rendezvous",)}


def policy_fault(balancer: str, policy: str) -> str:
    """Why that balancer cannot route by that policy; "" if it can."""
    if policy not in _POLICIES_MISSING.get(balancer, ()):
        return ""
    others = ["builtin", *(each for each, missing in _POLICIES_MISSING.items() if policy not in missing)]
    return f"policy is {policy!r}; {NAMES[balancer]} has none. {_INSTEAD[policy]}, or {_or(others)}."


def health_faults(balancer: str, *, eject_after: int, slow_start_s: float) -> list[str]:
    """What that balancer cannot do of the health settings, one sentence a fault ("" for none)."""
    if balancer == "builtin":
        return []
    name = NAMES.get(balancer, balancer)
    return [
        f"health.eject_after is {eject_after!r}; {name} cannot eject for a time after errors in ordinary traffic. "
        f"Set it to 0, or {_or(['builtin'])}."
        if eject_after
        else "",
        f"health.slow_start_s is {slow_start_s!r}; {name}'s open version has no slow start. "
        f"Set it to 0, or {_or(['builtin', 'haproxy'])}."
        if slow_start_s and balancer == "nginx"
        else "",
    ]


def _or(balancers: list[str]) -> str:
    return "use " + " or ".join(f'balancer="{each}"' for each in balancers)
