"""Real balancers in the place of ours: NGINX and HAProxy, configured from the same layout."""

from minisvc.proxies.errors import ProxyFailed, ProxyMissing
from minisvc.proxies.haproxy import HAProxy
from minisvc.proxies.nginx import Nginx
from minisvc.proxies.proxy import Proxy

__all__ = ["PROXIES", "HAProxy", "Nginx", "Proxy", "ProxyFailed", "ProxyMissing"]

PROXIES: dict[str, type[Proxy]] = {"nginx": Nginx, "haproxy": HAProxy}
"""By `Layout.balancer`."""
