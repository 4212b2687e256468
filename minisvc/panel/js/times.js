// The time line: the last minute, with every fault shaded.

const SPAN_S = 60;
const TALL = 88;
const LABELS = 3;
const ROOM = 14 + 11 * LABELS; // above the bars: rows of names of what is broken, a row of what was lost

function timeLine() {
  const svg = draw("svg", { class: "sw-time", role: "img" });
  const root = make("div", { class: "sw-times" });
  root.append(make("div", { class: "sw-caption" }, "Last minute: answers a second, ◆ lost, ✕ failed; shaded: what is broken"), svg);
  const show = (past, drift) => {
    const wide = svg.clientWidth || 600;
    const now = past.now_s + drift;
    const x = (at) => wide - ((now - at) / SPAN_S) * wide;
    const most = Math.max(4, ...past.seconds.map(([, served, failed]) => served + failed));
    svg.setAttribute("viewBox", `0 0 ${wide} ${TALL}`);
    const said = past.outages.map((each) => `${each.target} ${each.what}`).join(", ") || "none";
    svg.setAttribute("aria-label", `Faults in the last minute: ${said}`);
    svg.replaceChildren(...past.outages.flatMap((each, place) => shade(each, x, now, place % LABELS)), ...past.seconds.flatMap(
      (second) => bars(second, x, wide, (TALL - ROOM) / most)));
  };
  return { root, show };
}

function shade(outage, x, now, row) {
  const from = Math.max(0, x(outage.since_s));
  const to = x(outage.until_s ?? now);
  if (to <= 0) return [];
  const box = draw("rect", { x: from, y: 0, width: Math.max(2, to - from), height: TALL, class: "sw-fault" });
  box.setAttribute("data-fault", outage.target);
  box.setAttribute("class", outage.what === "drains" ? "sw-fault sw-mild" : "sw-fault");
  const edge = to > from + 50 ? { x: from + 3 } : { x: to - 3, "text-anchor": "end" };
  const label = draw("text", { ...edge, y: 10 + 11 * row, class: "sw-fault-name" });
  label.textContent = `${outage.target} ${outage.what}`;
  return [box, label];
}

function bars([second, served, failed, lost], x, all, tall) {
  const [left, wide] = [x(second), all / SPAN_S];
  if (left < -wide) return [];
  const bar = (from, count, kind) => draw("rect", {
    x: left + 0.5, y: TALL - (from + count) * tall, width: Math.max(1, wide - 1.5), height: count * tall, class: kind,
  });
  const marks = [bar(0, served, "sw-served-bar")];
  if (failed) marks.push(bar(served, failed, "sw-failed-bar"));
  if (lost) {
    const sign = draw("text", { x: Math.min(left + wide / 2, all - 6), y: ROOM - 4, class: "sw-lost-sign" });
    sign.textContent = "◆";
    sign.append(draw("title"));
    sign.lastChild.textContent = `${lost} lost`;
    marks.push(sign);
  }
  return marks;
}
