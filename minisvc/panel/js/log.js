// The log, and the status that is read out.

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
