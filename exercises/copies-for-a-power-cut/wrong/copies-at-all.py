# fails: no-more
# reason: Each cart is in
from minisvc import Layout
from minisvc.grading import shelf

own = shelf.find("copies-for-a-power-cut").exercise.numbers_of(student)
instances, line, items, dark = own["instances"], own["line"], own["items"], own["dark"]
layout = Layout.of("cart", instances=instances, state="replicated_memory", replicas=0, affinity="cookie")
carts_held = 24 * instances
copies_sent = 24 * items * (instances - 1)
lost_carts = 0
