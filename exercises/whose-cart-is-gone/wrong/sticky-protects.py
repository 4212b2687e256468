# fails: lost
# reason: You foresaw 0 lost carts;
from minisvc import Layout
from minisvc.grading import shelf

instances = shelf.find("whose-cart-is-gone").exercise.numbers_of(student)["instances"]
layout = Layout.of("cart", instances=instances, state="signed_cookie", affinity="cookie")
lost = 0
back = 0
