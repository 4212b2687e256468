# fails: as-asked
# reason: affinity is None, and was 'cookie'
from minisvc import Layout
from minisvc.grading import shelf

numbers = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)
layout = Layout.of("cart", instances=numbers["instances"], state="signed_cookie")
lost = 12 // numbers["instances"] * numbers["crashes"]
back = 0
