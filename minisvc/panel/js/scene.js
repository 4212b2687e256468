// One cluster in motion: stage, wires and dots, latest reason, time line and log, kept in step with each other.

const REDRAW_MS = 250;

function scene(ask, pace) {
  const parts = stage(ask);
  const times = timeLine();
  const book = logBook();
  const wires = draw("g");
  const sky = draw("g");
  parts.wires.append(wires, sky);
  const dots = new Dots(sky, pace);
  let seen = { customers: [], instances: [], closed: true };
  let past = { now_s: 0, seconds: [], outages: [] };
  let places = measure(parts);
  let received = performance.now();
  const people = () => new Map(seen.customers.map((who) => [who.name, who]));
  let drawn = "";
  const place = () => {
    places = measure(parts);
    const now = JSON.stringify([places, [...places.customers], [...places.instances].map(
      ([name, each]) => [name, each.left, each.right, each.node.dataset.status])]);
    if (now === drawn) return;
    drawn = now;
    parts.wires.setAttribute("viewBox", `0 0 ${places.width || 1} ${places.height || 1}`);
    drawWires(wires, places);
    dots.reroute(places, people());
  };
  let shown = -REDRAW_MS;
  const showTimes = () => {
    shown = performance.now();
    times.show(past, (shown - received) / 1000);
  };
  const show = (now) => {
    seen = now;
    for (const each of seen.instances) if (!SERVING.includes(each.status)) dots.cancel(each.name);
    parts.show(seen);
    place();
  };
  const showHistory = (now) => {
    received = performance.now();
    past = now;
    // What is too soon now is drawn with the next news, or with the next second.
    if (received - shown >= REDRAW_MS) showTimes();
  };
  const travel = (fresh, slower = 1) => {
    dots.send(fresh, places, people(), slower);
    const last = fresh.at(-1);
    put(book.why, `Latest request: ${last.user ?? "a visitor"} → ${last.backend ?? "nobody"}: ${last.why}`);
  };
  const size = new ResizeObserver(() => {
    place();
    showTimes();
  });
  size.observe(parts.root);
  const clock = setInterval(() => parts.root.isConnected && !seen.closed && showTimes(), 1000);
  const stop = () => {
    size.disconnect();
    clearInterval(clock);
    dots.clear();
  };
  const nodes = [parts.root, book.why, times.root, book.list, book.status];
  return { nodes, show, showHistory, showLog: book.show, travel, stop };
}

function stamp(root, seen) {
  for (const name of ["served", "lost", "failed", "state", "policy", "sticky", "traffic", "closed"]) {
    root.dataset[name] = seen[name];
  }
}
