"""A rules file small enough to reason about by hand."""

SMALL_RULES = """\
version: 1
words: {stateless: nothing kept, hybrid: a bit of both, stateful: something kept}
questions:
  system:
    users: {label: How many?, why: size, effort: 3, unit: users,
            bands: {few: {from: 0, label: few}, many: {from: 100, label: many}}}
    bytes: {label: How large?, why: size, effort: 2, unit: bytes,
            bands: {small: {from: 0, label: small}, big: {from: 1000, label: big}}}
  component:
    talk: {label: How do they talk?, why: wires, effort: 3,
           options: {calls: {label: Calls, help: one by one}, socket: {label: Socket, help: all the time}}}
    keep: {label: What is kept?, why: state, effort: 1,
           options: {nothing: {label: Nothing, help: none}, cart: {label: A cart, help: some}}}
facts:
  total: {label: all bytes, product: [users, bytes], unit: bytes,
          bands: {light: {from: 0, label: light}, heavy: {from: 100000, label: heavy}}}
mechanisms:
  plain: {label: Plain, class: stateless, summary: keeps nothing, risks: [{risk: none, mitigation: none, source: "https://example.org/r"}]}
  store: {label: Store, class: hybrid, summary: keeps it aside, risks: [{risk: outage, mitigation: replica, source: "https://example.org/r"}]}
  memory: {label: Memory, class: stateful, summary: keeps it here, risks: [{risk: crash, mitigation: drain, source: "https://example.org/r"}]}
archetypes:
  shop: {label: Shop, help: sells, answers: {talk: calls, keep: cart}}
concerns:
  wires: {label: Wires, about: how they talk}
  state: {label: State, about: what is kept}
requirements:
  - {id: sockets-stay, when: {talk: [socket]}, keeps: [memory], because: a socket has one owner., source: "https://example.org/a"}
  - {id: heavy-leaves, when: {total: [heavy]}, removes: [memory], because: memory ends., source: "https://example.org/b"}
rules:
  - {id: carts-weak, concern: state, when: {keep: [cart]}, points: {store: 1, plain: -1},
     because: a cart is kept., source: "https://example.org/c"}
  - {id: carts-strong, concern: state, when: {keep: [cart], talk: [calls]}, points: {store: 3, plain: -2, memory: 1},
     because: a cart outlives calls., source: "https://example.org/d"}
  - {id: calls-are-plain, concern: wires, when: {talk: [calls]}, points: {plain: 2},
     because: calls stand alone., source: "https://example.org/e"}
companions:
  - {id: aside, when: {keep: [cart]}, with: [memory], add: store, because: carts outlive memory., source: "https://example.org/f"}
classes:
  component:
    - {primary: [stateful], beside: [none, stateless, hybrid, stateful], class: stateful}
    - {primary: [hybrid], beside: [none, stateless, hybrid, stateful], class: hybrid}
    - {primary: [stateless], beside: [hybrid, stateful], class: hybrid}
    - {primary: [stateless], beside: [none, stateless], class: stateless}
  system:
    - {components: [stateless], class: stateless}
    - {components: [stateful], class: stateful}
    - {components: [hybrid], class: hybrid}
    - {components: [stateless, hybrid], class: hybrid}
    - {components: [stateless, stateful], class: hybrid}
    - {components: [hybrid, stateful], class: hybrid}
    - {components: [stateless, hybrid, stateful], class: hybrid}
"""
