# fails: all-crash
# reason: they were in the instances, and nowhere else
from minisvc import Layout
from minisvc.grading import shelf

numbers = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)
layout = Layout.of("cart", instances=numbers["instances"], state="replicated_memory", affinity="cookie")
lost = 12 // numbers["instances"] * numbers["crashes"]
back = 0
