# fails: foreseen
# reason: You foresaw 0 lost carts
from minisvc import Layout
from minisvc.grading import shelf

instances = shelf.find("carts-stay-put").exercise.numbers_of(student)["instances"]
layout = Layout.of("cart", instances=instances, state="memory", affinity="cookie")
lost_by_crash = 0
