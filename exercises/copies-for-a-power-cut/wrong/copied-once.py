# fails: price
# reason: copies for
from minisvc import Layout
from minisvc.grading import shelf

own = shelf.find("copies-for-a-power-cut").exercise.numbers_of(student)
instances, line, items, dark = own["instances"], own["line"], own["items"], own["dark"]
layout = Layout.of("cart", instances=instances, state="replicated_memory", replicas=line, affinity="cookie")
carts_held = 24 * (1 + line)
copies_sent = 24 * line
lost_carts = 24 // instances * (dark - line)
