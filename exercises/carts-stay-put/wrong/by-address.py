# fails: spread
# reason: All customers come from one address
from minisvc import Layout
from minisvc.grading import shelf

instances = shelf.find("carts-stay-put").exercise.numbers_of(student)["instances"]
layout = Layout.of("cart", instances=instances, state="memory", affinity="source")
lost_by_crash = 12 // instances
