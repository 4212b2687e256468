"""Sessions in the memory of instances, with copies in that of their neighbours.

The rules, which `ring` states as functions:

- An id ends in the name of the instance that made it, its *home* (as the route in Tomcat's `jvmRoute` and in WebLogic's
  session ids). The running members in ring order from there are its *order*: the first one owns it, and the next k
  hold copies. So when the owner crashes, the first copy's holder becomes the owner, and nobody has to be asked.
- The owner decides every write and gives it a version; other members send it what they are asked. A copy is kept if it
  is newer than what is there, and a deletion leaves a tombstone, which is a copy too.
- After a crash nothing is copied until a session is written again or the instance is back, as with WebLogic's
  secondary, which is made at the next request: so k copies survive k crashes in between, and no more.
- A member that starts takes its share from the others before it serves. One that leaves in order is missed: then the
  others restore the number of copies.

A `Hub` on the cluster's side knows who is a member, as etcd or ZooKeeper would: whoever has a connection to it.
"""

from __future__ import annotations

from minisvc.replicas.hub import Hub
from minisvc.replicas.messages import Counts
from minisvc.replicas.replicated import Replicated

__all__ = ["Counts", "Hub", "Replicated"]
