// Wires between the boxes, and the requests that travel along them.

const MOST_FLIGHTS = 120;

// Where lines end: the middle of each box's edges, in the stage's own pixels.
function measure(scene) {
  const frame = scene.root.getBoundingClientRect();
  const edges = (node) => {
    const box = node.getBoundingClientRect();
    const y = box.top - frame.top + box.height / 2;
    return { left: { x: box.left - frame.left, y }, right: { x: box.right - frame.left, y } };
  };
  const all = (parent, name) => new Map([...parent.children].filter((node) => node.dataset[name])
    .map((node) => [node.dataset[name], { ...edges(node), node }]));
  return {
    width: frame.width,
    height: frame.height,
    customers: all(scene.customers, "customer"),
    instances: all(scene.instances, "instance"),
    balancer: edges(scene.balancer),
    store: scene.store.hidden ? null : edges(scene.store),
  };
}

function wire(from, to, kind) {
  const bend = (to.x - from.x) / 2;
  const d = `M${from.x},${from.y}C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
  return draw("path", { d, class: `sw-wire ${kind}` });
}

function drawWires(layer, places) {
  layer.replaceChildren();
  for (const who of places.customers.values()) layer.append(wire(who.right, places.balancer.left, ""));
  for (const each of places.instances.values()) {
    const cut = SERVING.includes(each.node.dataset.status) ? "" : "sw-cut";
    layer.append(wire(places.balancer.right, each.left, cut));
    if (places.store) layer.append(wire(each.right, places.store.left, `sw-back ${cut}`));
  }
}

function reachable(dot, places) {
  const there = places.instances.get(dot.backend);
  return there && SERVING.includes(there.node.dataset.status) ? there : undefined;
}

// The hops of one request as pairs of places; a way back is the same, hollow.
function hops(dot, places, people) {
  const from = places.customers.get(dot.user) ?? places.customers.get(EVERYBODY);
  const start = from?.right ?? { x: 0, y: places.balancer.left.y };
  const out = [[start, places.balancer.left]];
  const there = reachable(dot, places);
  if (there) out.push([places.balancer.right, there.left]);
  if (there && places.store) out.push([there.right, places.store.left]);
  const back = out.map(([from, to]) => [to, from]).reverse();
  return { who: people.get(dot.user), out, back };
}

function between([from, to], part) {
  const t = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
  const across = 1.5 * t - 1.5 * t * t + t * t * t; // the curve of a wire, see there
  const down = 3 * t * t - 2 * t * t * t;
  return { x: from.x + (to.x - from.x) * across, y: from.y + (to.y - from.y) * down };
}

class Dots {
  constructor(layer, pace) {
    this.layer = layer;
    this.pace = pace;
    this.flights = new Set();
    this.frame = 0;
  }

  send(dots, places, people, slower) {
    if (still() || document.hidden || !this.layer.isConnected) return;
    // An answer of an instance that has died since is old news: nothing flies there any more.
    const fresh = dots.filter((dot) => !dot.served || reachable(dot, places));
    fresh.forEach((dot, place) => this.launch(dot, hops(dot, places, people), (place * 100) / fresh.length, slower));
  }

  launch(dot, way, wait, slower) {
    if (this.flights.size >= MOST_FLIGHTS) return;
    const node = draw("g", { class: `sw-dot${dot.lost ? " sw-bad" : ""}`, "data-dot": dot.user ?? "" });
    node.setAttribute("data-to", dot.backend ?? "");
    const d = way.who?.outline ?? "M-7,0A7,7 0 1 0 7,0A7,7 0 1 0 -7,0Z";
    node.append(draw("path", { d, fill: way.who?.colour ?? "#888", class: "sw-mark", transform: "scale(.62)" }));
    node.setAttribute("visibility", "hidden");
    this.layer.append(node);
    this.flights.add({ dot, way, node, started: performance.now() + wait, hop: this.pace.hop * slower });
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    for (const flight of this.flights) this.move(flight, now);
    this.frame = this.flights.size ? requestAnimationFrame((next) => this.tick(next)) : 0;
  }

  move(flight, now) {
    const { way, dot, node } = flight;
    const steps = dot.served ? [...way.out, ...way.back] : way.out;
    const at = (now - flight.started) / flight.hop;
    if (at < 0) return;
    if (at >= steps.length) return dot.served ? this.land(flight) : this.burst(flight, steps.at(-1)[1]);
    const { x, y } = between(steps[Math.floor(at)], at % 1);
    flight.at = { x, y };
    node.setAttribute("visibility", "visible");
    node.classList.toggle("sw-answer", at >= way.out.length);
    node.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
  }

  land(flight) {
    this.flights.delete(flight);
    flight.node.remove();
  }

  burst(flight, { x, y }) {
    this.land(flight);
    const cross = draw("text", { x, y, class: "sw-burst" });
    cross.textContent = "✕";
    this.layer.append(cross);
    setTimeout(() => cross.remove(), 700);
  }

  // The boxes have moved: whatever is on its way goes on along the new wires.
  reroute(places, people) {
    for (const flight of this.flights) flight.way = hops(flight.dot, places, people);
  }

  // Whatever is on its way to an instance that is gone, or back from it, ends where it is.
  cancel(backend) {
    for (const flight of this.flights) {
      if (flight.dot.backend !== backend) continue;
      if (flight.at) this.burst(flight, flight.at);
      else this.land(flight);
    }
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.flights.clear();
    this.layer.replaceChildren();
  }
}
