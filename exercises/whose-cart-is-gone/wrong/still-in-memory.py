# fails: survives
# reason: customers lost their carts.
from minisvc import Layout
from minisvc.grading import shelf

numbers = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)
layout = Layout.of("cart", instances=numbers["instances"], state="memory", affinity="cookie")
lost = 12 // numbers["instances"] * numbers["crashes"]
back = 0
