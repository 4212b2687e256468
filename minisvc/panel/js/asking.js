// How a click reaches the kernel, and what is said when it does not.

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
    const silence = setTimeout(() => complain("No answer yet. Does an instance hang? Is the kernel running?"), SILENT_MS);
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

// JupyterLab acts on single keys (b adds a cell); none of them may leave the panel.
function holdKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());
}

function hiding(id) {
  const mine = `[data-statewise-still="${id}"]`;
  return `${mine}, .jp-OutputArea-child:has(${mine}) { display: none !important; }`;
}

// The root of a view, and its link with the kernel for as long as it is shown.
function frame(model, label, ...content) {
  const hide = make("style", {}, hiding(model.get("still_id")));
  const root = make("div", { class: "statewise", role: "region", "aria-label": label }, hide, ...content);
  root.dataset.panel = model.get("still_id");
  holdKeys(root);
  return root;
}

function attend(model, listeners) {
  for (const [event, listen] of listeners) model.on(event, listen);
  tell(model, { command: "hello" });
  // JupyterLab opens a channel of its own for widgets just after the first message; say which it is.
  const here = setTimeout(() => tell(model, { command: "here" }), HERE_MS);
  return () => {
    clearTimeout(here);
    for (const [event, listen] of listeners) model.off(event, listen);
    tell(model, { command: "bye" });
  };
}
