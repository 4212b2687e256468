# fails: back
# reason: of them still are.
from minisvc import Layout
from minisvc.grading import shelf

numbers = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)
layout = Layout.of("cart", instances=numbers["instances"], state="signed_cookie", affinity="cookie")
lost = 12 // numbers["instances"] * numbers["crashes"]
back = lost
