# fails: as-asked
# reason: The state is redis; this shop has no store
from minisvc import Layout
from minisvc.grading import shelf

instances = shelf.find("carts-stay-put").exercise.numbers_of(student)["instances"]
layout = Layout.of("cart", instances=instances, state="redis")
lost_by_crash = 0
