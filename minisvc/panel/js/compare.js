// Small multiples: the same users and the same fault, in two or three layouts side by side.

const CROWD_SIZES = [3, 6, 12, 30];

function compareBar(ask, faults) {
  const [faultLabel, fault] = choice("The same fault", faults.map((each) => [each, each]), "fault", () => {});
  const [usersLabel, users] = choice("users", CROWD_SIZES.map((each) => [String(each), String(each)]), "users", () => {});
  users.value = "6";
  const run = button("▶ Run in all", "run", (node) => ask("run", `${fault.value} ${users.value}`, node));
  run.className = "sw-traffic";
  const crash = button("⚡ Crash a in all", "crash", (node) => ask("crash", "a", node));
  const restart = button("⟳ Restart a in all", "restart", (node) => ask("restart", "a", node));
  return make("div", { class: "sw-bar", role: "group", "aria-label": "The same for all" }, run, faultLabel, usersLabel,
    crash, restart);
}

function multiple(part, pace) {
  const sums = counters();
  const sight = scene(() => {}, pace);
  const verdict = make("p", { class: "sw-verdict", "data-verdict": "", role: "status" });
  const head = make("h4", {}, part.title);
  const root = make("section", { class: "sw-multiple", "aria-label": part.title }, head, sums.root, verdict, ...sight.nodes);
  const show = (now) => {
    put(head, now.title);
    stamp(root, now.picture);
    sums.show(now.picture);
    sight.show(now.picture);
    sight.showHistory(now.history);
    sight.showLog(now.log);
  };
  return { root, show, verdict, sight };
}

function render({ model, el }) {
  const alarm = complaints();
  const asking = asker(model, alarm.complain);
  const pace = { hop: 260 };
  const tools = compareBar(asking.ask, model.get("faults"));
  const parts = model.get("parts").map((part) => multiple(part, pace));
  const row = make("div", { class: "sw-row" }, ...parts.map((each) => each.root));
  const root = frame(model, "Comparison", tools, alarm.root, row);
  root.classList.add("sw-compare");
  el.append(root);
  const show = () => {
    const now = model.get("parts");
    parts.forEach((each, place) => each.show(now[place]));
    const closed = now.some((each) => each.picture.closed);
    for (const control of tools.querySelectorAll("[data-control]")) control.disabled = closed;
  };
  const hear = (message) => {
    if (message.kind === "done") asking.done(message);
    if (message.kind === "broken") alarm.complain(`This view has stopped. ${message.error}`);
    if (message.kind === "dots") parts[message.part].sight.travel(message.dots);
    if (message.kind === "outcomes") {
      message.outcomes.forEach((said, place) => put(parts[place].verdict, said));
    }
  };
  show();
  const leave = attend(model, [["change:parts", show], ["msg:custom", hear]]);
  return () => {
    parts.forEach((each) => each.sight.stop());
    asking.stop();
    leave();
  };
}

export default { render };
