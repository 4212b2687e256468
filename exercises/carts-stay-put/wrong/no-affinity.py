# fails: kept
# reason: Nothing crashed, and 12 of 12 customers lost their carts
from minisvc import Layout
from minisvc.grading import shelf

instances = shelf.find("carts-stay-put").exercise.numbers_of(student)["instances"]
layout = Layout.of("cart", instances=instances, state="memory")
lost_by_crash = 12
