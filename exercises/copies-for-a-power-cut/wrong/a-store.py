# fails: as-asked
# reason: The state is redis
from minisvc import Layout
from minisvc.grading import shelf

own = shelf.find("copies-for-a-power-cut").exercise.numbers_of(student)
instances, line, items, dark = own["instances"], own["line"], own["items"], own["dark"]
layout = Layout.of("cart", instances=instances, state="redis", affinity="cookie")
carts_held = 24
copies_sent = 0
lost_carts = 0
