// The live view of one cluster. The kernel sends what there is (traits) and what travelled (messages);
// everything that moves between two of those is made here, and nothing is asked of the kernel for it.
//
// Sections: words · building · bar · stage · wires and dots · time line · log · view.

// ---------------------------------------------------------------- words
const STATES = { memory: "instance memory", signed_cookie: "signed cookie", redis: "redis store",
  memcached: "memcached store" };
const POLICIES = { round_robin: "round robin", random: "random" };
const SERVING = ["up", "draining", "unhealthy"];
const BADGE = { up: "● up", draining: "◐ draining", unhealthy: "▲ unhealthy", stopped: "■ stopped", down: "✕ down", hung: "◌ hung",
  ejected: "▲ ejected" };
const SIGNS = { lost: "◆", failed: "✕", crash: "⚡", restart: "⟳", error: "!" };
const SILENT_MS = 5000;
const HERE_MS = 1000;
const GONE = "The notebook’s kernel no longer knows this panel. Run its cells again.";

const items = (n) => `${n} item${n === 1 ? "" : "s"}`;
const says = (who) => (who.items ? items(who.items) + (who.contradicted ? ", rest LOST" : "")
  : who.contradicted ? "EMPTY" : "no items yet");
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---------------------------------------------------------------- building
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function draw(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function put(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

// Keeps the nodes of things that stay, so that focus and motion survive an update.
function keep(parent, things, key, create, update, leave = (node) => node.remove()) {
  const old = new Map();
  for (const node of parent.children) if (node.swKey !== undefined) old.set(node.swKey, node);
  things.forEach((thing, place) => {
    let node = old.get(key(thing));
    old.delete(key(thing));
    if (!node) {
      node = create(thing);
      node.swKey = key(thing);
    }
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
    update(node, thing);
  });
  for (const node of old.values()) {
    delete node.swKey;
    leave(node);
  }
}

function mark(who, scale = 1) {
  const size = 22 * scale;
  const svg = draw("svg", { viewBox: "-11 -11 22 22", width: size, height: size, "aria-hidden": "true" });
  svg.append(draw("path", { d: who.outline, fill: who.colour, class: "sw-mark" }));
  return svg;
}

// ---------------------------------------------------------------- bar
function choice(label, options, name, ask) {
  const select = make("select", { "data-control": name });
  for (const [value, words] of Object.entries(options)) select.append(make("option", { value }, words));
  select.addEventListener("change", () => ask(name, select.value, select));
  return [make("label", { class: "sw-choice" }, make("span", {}, label), select), select];
}

// What runs is always among the choices, though only the common ones are offered.
function choose(select, value) {
  if (![...select.options].some((each) => each.value === value)) {
    select.append(make("option", { value }, value.replaceAll("_", " ")));
  }
  select.value = value;
}

function bar(ask) {
  const traffic = make("button", { type: "button", class: "sw-traffic", "data-control": "traffic" });
  traffic.addEventListener("click", () => ask("traffic", traffic.getAttribute("aria-pressed") !== "true", traffic));
  const sticky = make("button", { type: "button", class: "sw-switch", role: "switch", "data-control": "sticky" });
  sticky.append(make("span", { class: "sw-knob", "aria-hidden": "true" }), "Sticky");
  sticky.title = "Sticky: each customer keeps coming back to the instance that first answered it";
  sticky.addEventListener("click", () => ask("sticky", sticky.getAttribute("aria-checked") !== "true", sticky));
  const [stateLabel, state] = choice("Carts live in", STATES, "state", ask);
  const [policyLabel, policy] = choice("Policy", POLICIES, "policy", ask);
  const more = make("button", { type: "button", "data-control": "customer" }, "+ Customer");
  more.addEventListener("click", () => ask("customer", true, more));
  const root = make("div", { class: "sw-bar", role: "group", "aria-label": "Cluster controls" });
  root.append(traffic, sticky, stateLabel, policyLabel, more);
  const show = (seen) => {
    traffic.setAttribute("aria-pressed", seen.traffic);
    put(traffic, seen.traffic ? "❚❚ Pause traffic" : "▶ Start traffic");
    sticky.setAttribute("aria-checked", seen.sticky);
    if (!state.dataset.waiting) choose(state, seen.state);
    if (!policy.dataset.waiting) choose(policy, seen.policy);
  };
  return { root, show };
}

function counters() {
  const root = make("div", { class: "sw-counters" });
  const parts = {};
  for (const [name, sign] of [["served", "✓"], ["lost", "◆"], ["failed", "✕"]]) {
    parts[name] = make("strong", {}, "0");
    root.append(make("span", { class: `sw-count sw-${name}` }, `${sign} ${name} `, parts[name]));
  }
  const address = make("span", { class: "sw-address" });
  root.append(address);
  const show = (seen) => {
    for (const name in parts) {
      put(parts[name], String(seen[name]));
      parts[name].parentNode.classList.toggle("sw-some", seen[name] > 0);
    }
    put(address, seen.url);
  };
  return { root, show };
}

// ---------------------------------------------------------------- stage
function chip(cart, people) {
  const node = make("span", { class: "sw-chip" });
  const who = people.get(cart.owner);
  if (who) node.append(mark(who, 0.7));
  node.append(make("span", { class: "sw-owner" }));
  return node;
}

function showChip(node, cart) {
  node.classList.toggle("sw-orphan", !cart.current);
  if (cart.current && cart.owner) node.dataset.owner = cart.owner;
  else delete node.dataset.owner;
  node.dataset.items = cart.items;
  put(node.lastChild, `${cart.owner ?? "a guest"}’s cart · ${cart.items}`);
  node.title = cart.current ? `${cart.owner}’s cart: ${items(cart.items)}` : "A cart that no cookie points to any more";
}

// A cart that is gone stays in sight for a moment, struck through, so that its end can be seen.
function mourn(node) {
  delete node.dataset.owner;
  if (still()) return node.remove();
  node.setAttribute("aria-hidden", "true");
  node.classList.add("sw-gone");
  setTimeout(() => node.remove(), 1400);
}

function showChips(parent, carts, people, destroyed) {
  const leave = destroyed ? mourn : (node) => node.remove();
  let orphans = 0;
  const key = (cart) => (cart.current ? cart.owner : `orphan ${cart.owner} ${orphans++}`);
  const keyed = carts.map((cart) => ({ cart, key: key(cart) }));
  keep(parent, keyed, (each) => each.key, (each) => chip(each.cart, people),
    (node, each) => showChip(node, each.cart), leave);
}

function customerCard(who) {
  const node = make("li", { class: "sw-customer", "data-customer": who.name });
  const words = make("span", { class: "sw-says" });
  node.append(mark(who), make("span", { class: "sw-name" }, who.name), words, make("span", { class: "sw-chips" }));
  return node;
}

function showCustomer(node, who, seen, people) {
  node.classList.toggle("sw-harmed", who.contradicted);
  node.dataset.items = who.items;
  put(node.querySelector(".sw-says"), says(who));
  const own = seen.chips.filter((cart) => cart.place === "client" && cart.owner === who.name);
  showChips(node.querySelector(".sw-chips"), own, people, false);
}

function instanceCard(instance, ask) {
  const node = make("div", { class: "sw-instance", "data-instance": instance.name, role: "group" });
  node.setAttribute("aria-label", `Instance ${instance.name}`);
  const button = make("button", { type: "button" });
  button.addEventListener("click", () => ask(button.dataset.command, instance.name, button));
  node.append(
    make("div", { class: "sw-head" }, make("b", {}, instance.name), make("span", { class: "sw-badge" }),
      make("span", { class: "sw-answers" }), button),
    make("div", { class: "sw-chips" }),
  );
  return node;
}

function showInstance(node, instance, seen, people) {
  const fell = SERVING.includes(node.dataset.status) && !SERVING.includes(instance.status);
  node.dataset.status = instance.status;
  node.dataset.served = instance.served;
  const serving = SERVING.includes(instance.status);
  put(node.querySelector(".sw-badge"), BADGE[instance.status] ?? instance.status);
  put(node.querySelector(".sw-answers"), instance.served ? `✓ ${instance.served}` : "");
  const button = node.querySelector("button");
  button.dataset.command = serving ? "crash" : "restart";
  put(button, `${serving ? "⚡ Crash" : "⟳ Restart"} ${instance.name}`);
  const carts = seen.chips.filter((cart) => cart.place === instance.name);
  showChips(node.querySelector(".sw-chips"), carts, people, !serving);
  if (fell && !still()) node.animate([{ transform: "translateX(-5px)" }, { transform: "translateX(5px)" }, {}], 160);
}

function stage(ask) {
  const customers = make("ul", { class: "sw-customers", "aria-label": "Customers" });
  const balancer = make("div", { class: "sw-balancer" }, make("b", {}, "balancer"), make("span", {}));
  const instances = make("div", { class: "sw-instances" });
  const store = make("div", { class: "sw-store", "data-store": "" }, make("b", {}, "store"), make("span", {}),
    make("div", { class: "sw-chips" }));
  const wires = draw("svg", { class: "sw-wires", "aria-hidden": "true" });
  const root = make("div", { class: "sw-stage" }, wires, customers, balancer, instances, store);
  const show = (seen) => {
    const people = new Map(seen.customers.map((who) => [who.name, who]));
    keep(customers, seen.customers, (who) => who.name, customerCard,
      (node, who) => showCustomer(node, who, seen, people));
    keep(instances, seen.instances, (each) => each.name, (each) => instanceCard(each, ask),
      (node, each) => showInstance(node, each, seen, people));
    put(balancer.lastChild, `${POLICIES[seen.policy] ?? seen.policy}${seen.sticky ? " + cookie" : ""}`);
    root.classList.toggle("sw-has-store", seen.store !== null);
    store.hidden = seen.store === null;
    store.dataset.store = seen.store ?? "";
    put(store.children[1], seen.store ?? "");
    store.title = seen.store_traffic;
    showChips(store.lastChild, seen.chips.filter((cart) => cart.place === "store"), people, false);
  };
  return { root, wires, customers, balancer, instances, store, show };
}

// ---------------------------------------------------------------- wires and dots
const HOP_MS = 260;
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
  const start = places.customers.get(dot.user)?.right ?? { x: 0, y: places.balancer.left.y };
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
  constructor(layer) {
    this.layer = layer;
    this.flights = new Set();
    this.frame = 0;
  }

  send(dots, places, people) {
    if (still() || document.hidden || !this.layer.isConnected) return;
    // An answer of an instance that has died since is old news: nothing flies there any more.
    const fresh = dots.filter((dot) => !dot.served || reachable(dot, places));
    fresh.forEach((dot, place) => this.launch(dot, hops(dot, places, people), (place * 100) / fresh.length));
  }

  launch(dot, way, wait) {
    if (this.flights.size >= MOST_FLIGHTS) return;
    const node = draw("g", { class: `sw-dot${dot.lost ? " sw-bad" : ""}`, "data-dot": dot.user ?? "" });
    node.setAttribute("data-to", dot.backend ?? "");
    const d = way.who?.outline ?? "M-7,0A7,7 0 1 0 7,0A7,7 0 1 0 -7,0Z";
    node.append(draw("path", { d, fill: way.who?.colour ?? "#888", class: "sw-mark", transform: "scale(.62)" }));
    node.setAttribute("visibility", "hidden");
    this.layer.append(node);
    this.flights.add({ dot, way, node, started: performance.now() + wait });
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    for (const flight of this.flights) this.move(flight, now);
    this.frame = this.flights.size ? requestAnimationFrame((next) => this.tick(next)) : 0;
  }

  move(flight, now) {
    const { way, dot, node } = flight;
    const steps = dot.served ? [...way.out, ...way.back] : way.out;
    const at = (now - flight.started) / HOP_MS;
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

// ---------------------------------------------------------------- time line
const SPAN_S = 60;
const TALL = 68;
const ROOM = 28; // above the bars: a row of names of what is down, a row of what was lost

function timeLine() {
  const svg = draw("svg", { class: "sw-time", role: "img" });
  const root = make("div", { class: "sw-times" });
  root.append(make("div", { class: "sw-caption" }, "Last minute: answers a second, ◆ lost, ✕ failed; shaded: an instance is down"), svg);
  const show = (past, drift) => {
    const wide = svg.clientWidth || 600;
    const now = past.now_s + drift;
    const x = (at) => wide - ((now - at) / SPAN_S) * wide;
    const most = Math.max(4, ...past.seconds.map(([, served, failed]) => served + failed));
    svg.setAttribute("viewBox", `0 0 ${wide} ${TALL}`);
    svg.setAttribute("aria-label", `${past.outages.length} faults in the last minute`);
    svg.replaceChildren(...past.outages.flatMap((each) => shade(each, x, now)), ...past.seconds.flatMap(
      (second) => bars(second, x, wide / SPAN_S, (TALL - ROOM) / most)));
  };
  return { root, show };
}

function shade(outage, x, now) {
  const from = Math.max(0, x(outage.since_s));
  const to = x(outage.until_s ?? now);
  if (to <= 0) return [];
  const box = draw("rect", { x: from, y: 0, width: Math.max(2, to - from), height: TALL, class: "sw-fault" });
  box.setAttribute("data-fault", outage.target);
  const edge = to > from + 50 ? { x: from + 3 } : { x: to - 3, "text-anchor": "end" };
  const label = draw("text", { ...edge, y: 11, class: "sw-fault-name" });
  label.textContent = `${outage.target} down`;
  return [box, label];
}

function bars([second, served, failed, lost], x, wide, tall) {
  const left = x(second);
  if (left < -wide) return [];
  const bar = (from, count, kind) => draw("rect", {
    x: left + 0.5, y: TALL - (from + count) * tall, width: Math.max(1, wide - 1.5), height: count * tall, class: kind,
  });
  const marks = [bar(0, served, "sw-served-bar")];
  if (failed) marks.push(bar(served, failed, "sw-failed-bar"));
  if (lost) {
    const sign = draw("text", { x: left + wide / 2, y: ROOM - 4, class: "sw-lost-sign" });
    sign.textContent = "◆";
    sign.append(draw("title"));
    sign.lastChild.textContent = `${lost} lost`;
    marks.push(sign);
  }
  return marks;
}

// ---------------------------------------------------------------- log
function logBook() {
  const list = make("ol", { class: "sw-log", tabindex: "0", "aria-label": "What happened, newest first" });
  const status = make("div", { class: "sw-unseen", role: "status", "aria-live": "polite" });
  const why = make("div", { class: "sw-why" });
  let told = null;
  const show = (lines) => {
    const last = lines.at(-1)?.number ?? 0;
    keep(list, [...lines].reverse(), (line) => line.number, logLine, () => {});
    if (told !== null && last > told) put(status, lines.filter((line) => line.number > told).slice(-3)
      .map((line) => line.sentence).join(" "));
    told = last;
  };
  return { list, status, why, show };
}

function logLine(line) {
  const sign = make("span", { class: "sw-sign", "aria-hidden": "true" }, SIGNS[line.kind] ?? "•");
  return make("li", { "data-kind": line.kind }, sign, make("time", {}, `${Math.round(line.at_s)} s`), line.sentence);
}

// ---------------------------------------------------------------- view
// A kernel that restarted no longer knows this view: then sending throws, and nobody is there to hear.
function tell(model, message) {
  try {
    model.send(message);
    return true;
  } catch {
    return false;
  }
}

function asker(model, complain) {
  const waiting = new Map();
  let number = 0;
  const ask = (command, value, control) => {
    number += 1;
    const silence = setTimeout(() => complain("No answer from the notebook yet. Is the kernel running?"), SILENT_MS);
    waiting.set(number, { control, silence });
    control.dataset.waiting = number;
    if (!tell(model, { command, value, number })) done({ number, error: GONE });
  };
  const done = (answer) => {
    const { control, silence } = waiting.get(answer.number) ?? {};
    waiting.delete(answer.number);
    clearTimeout(silence);
    if (control && control.dataset.waiting === String(answer.number)) delete control.dataset.waiting;
    if (silence !== undefined) complain(answer.error ?? "");
  };
  const stop = () => waiting.forEach(({ silence }) => clearTimeout(silence));
  return { ask, done, stop };
}

function complaints() {
  const words = make("span", {});
  const close = make("button", { type: "button" }, "Dismiss");
  const root = make("div", { class: "sw-error", role: "alert", hidden: "" }, words, close);
  const complain = (message) => {
    put(words, message);
    root.hidden = !message;
  };
  close.addEventListener("click", () => complain(""));
  return { root, complain };
}

function stamp(root, seen) {
  for (const name of ["served", "lost", "failed", "state", "policy", "sticky", "traffic", "closed"]) {
    root.dataset[name] = seen[name];
  }
}

// JupyterLab acts on single keys (b adds a cell); none of them may leave the panel.
function holdKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());
}

function render({ model, el }) {
  const alarm = complaints();
  const asking = asker(model, alarm.complain);
  const tools = bar(asking.ask);
  const sums = counters();
  const scene = stage(asking.ask);
  const times = timeLine();
  const book = logBook();
  const closed = make("div", { class: "sw-closed", hidden: "" },
    "This cluster is closed. Run the cell that opens it, and this one, to go on.");
  const hide = make("style", {}, hiding(model.get("still_id")));
  const root = make("div", { class: "statewise", role: "region", "aria-label": "Cluster panel" }, hide, tools.root,
    sums.root, alarm.root, closed, scene.root, book.why, times.root, book.list, book.status);
  root.dataset.panel = model.get("still_id");
  holdKeys(root);
  el.append(root);

  const wires = draw("g");
  const sky = draw("g");
  scene.wires.append(wires, sky);
  const dots = new Dots(sky);
  let places = measure(scene);
  let received = performance.now();
  const people = () => new Map(model.get("picture").customers.map((who) => [who.name, who]));
  const place = () => {
    places = measure(scene);
    scene.wires.setAttribute("viewBox", `0 0 ${places.width || 1} ${places.height || 1}`);
    drawWires(wires, places);
    dots.reroute(places, people());
  };
  const showTimes = () => times.show(model.get("history"), (performance.now() - received) / 1000);
  const showPicture = () => {
    const seen = model.get("picture");
    for (const each of seen.instances) if (!SERVING.includes(each.status)) dots.cancel(each.name);
    stamp(root, seen);
    for (const part of [tools, sums, scene]) part.show(seen);
    closed.hidden = !seen.closed;
    for (const control of root.querySelectorAll(".sw-bar button, .sw-bar select, .sw-instance button")) {
      control.disabled = seen.closed;
    }
    place();
  };
  const showHistory = () => {
    received = performance.now();
    showTimes();
  };
  const showLog = () => book.show(model.get("log"));
  const hear = (message) => {
    if (message.kind === "done") {
      asking.done(message);
      tools.show(model.get("picture")); // a choice that was refused goes back
    }
    if (message.kind === "broken") alarm.complain(`This view has stopped. ${message.error}`);
    if (message.kind !== "dots") return;
    dots.send(message.dots, places, people());
    const last = message.dots.at(-1);
    put(book.why, `Latest request: ${last.user ?? "a visitor"} → ${last.backend ?? "nobody"}: ${last.why}`);
  };

  const size = new ResizeObserver(() => {
    place();
    showTimes();
  });
  size.observe(scene.root);
  const clock = setInterval(() => root.isConnected && !model.get("picture").closed && showTimes(), 1000);
  const listeners = [["change:picture", showPicture], ["change:history", showHistory], ["change:log", showLog],
    ["msg:custom", hear]];
  for (const [event, listen] of listeners) model.on(event, listen);
  showPicture();
  showHistory();
  showLog();
  tell(model, { command: "hello" });
  // JupyterLab opens a channel of its own for widgets just after the first message; say which it is.
  const here = setTimeout(() => tell(model, { command: "here" }), HERE_MS);

  return () => {
    size.disconnect();
    clearInterval(clock);
    clearTimeout(here);
    dots.clear();
    asking.stop();
    for (const [event, listen] of listeners) model.off(event, listen);
    tell(model, { command: "bye" });
  };
}

function hiding(id) {
  const mine = `[data-statewise-still="${id}"]`;
  return `${mine}, .jp-OutputArea-child:has(${mine}) { display: none !important; }`;
}

export default { render };
