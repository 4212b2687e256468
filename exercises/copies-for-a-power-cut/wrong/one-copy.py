# fails: survives
# reason: carts had been confirmed, and are lost: a, b
from minisvc import Layout
from minisvc.grading import shelf

own = shelf.find("copies-for-a-power-cut").exercise.numbers_of(student)
instances, line, items, dark = own["instances"], own["line"], own["items"], own["dark"]
layout = Layout.of("cart", instances=instances, state="replicated_memory", replicas=1, affinity="cookie")
carts_held = 24 * 2
copies_sent = 24 * items
lost_carts = 24 // instances * (dark - 1)
