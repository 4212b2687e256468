// The panel: one cluster, with everything that can be done to it.

function render({ model, el }) {
  const alarm = complaints();
  const asking = asker(model, alarm.complain);
  const pace = { hop: 260 };
  const tools = bar(asking.ask, model.get("choices"), pace);
  const sums = counters();
  const sight = scene(asking.ask, pace);
  const one = steps(asking.ask);
  const closed = make("div", { class: "sw-closed", hidden: "" },
    "This cluster is closed. Run the cell that opens it, and this one, to go on.");
  const root = frame(model, "Cluster panel", tools.root, sums.root, alarm.root, closed, sight.nodes[0], one.root,
    ...sight.nodes.slice(1));
  el.append(root);

  const showPicture = () => {
    const seen = model.get("picture");
    stamp(root, seen);
    for (const part of [tools, sums, sight, one]) part.show(seen);
    closed.hidden = !seen.closed;
    for (const control of root.querySelectorAll("[data-control]")) control.disabled = seen.closed;
  };
  const hear = (message) => {
    if (message.kind === "done") {
      asking.done(message);
      tools.show(model.get("picture")); // a choice that was refused goes back
    }
    if (message.kind === "broken") alarm.complain(`This view has stopped. ${message.error}`);
    if (message.kind === "step") {
      one.tell(message.step);
      sight.travel([message.step], SLOWER);
    }
    if (message.kind === "dots") sight.travel(message.dots);
  };
  const showHistory = () => sight.showHistory(model.get("history"));
  const showLog = () => sight.showLog(model.get("log"));
  showPicture();
  showHistory();
  showLog();
  const leave = attend(model, [["change:picture", showPicture], ["change:history", showHistory],
    ["change:log", showLog], ["msg:custom", hear]]);
  return () => {
    sight.stop();
    asking.stop();
    leave();
  };
}

export default { render };
