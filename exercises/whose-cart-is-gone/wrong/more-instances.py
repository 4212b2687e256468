# fails: as-asked
# reason: instances is 8, and was
from minisvc import Layout
from minisvc.grading import shelf

numbers = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)
layout = Layout.of("cart", instances=8, state="memory", affinity="cookie")
lost = 12 // numbers["instances"] * numbers["crashes"]
back = 0
