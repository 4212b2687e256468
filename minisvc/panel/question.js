// One question: native radios, a button that locks the choice in, and the reply as a polite status.
let count = 0;

function radio(group, [value, words]) {
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: group, value });
  const label = document.createElement("label");
  label.append(input, " ", words);
  return label;
}

function render({ model, el }) {
  const group = `statewise-question-${(count += 1)}`;
  const root = document.createElement("fieldset");
  root.className = "statewise-question";
  root.dataset.question = model.get("still_id");
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());
  const hide = document.createElement("style");
  const mine = `[data-statewise-still="${model.get("still_id")}"]`;
  hide.textContent = `${mine}, .jp-OutputArea-child:has(${mine}) { display: none !important; }`;
  const legend = document.createElement("legend");
  legend.textContent = model.get("asks");
  const choices = model.get("choices").map((choice) => radio(group, choice));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = model.get("button");
  const reply = document.createElement("span");
  reply.setAttribute("role", "status");
  const row = document.createElement("div");
  row.append(button, reply);
  root.append(hide, legend, ...choices, row);
  el.append(root);

  const chosen = () => root.querySelector("input:checked")?.value;
  const mayChange = model.get("button") === "Check";
  const show = () => {
    const locked = model.get("locked");
    const focused = root.contains(document.activeElement);
    root.dataset.locked = locked;
    reply.textContent = model.get("reply");
    for (const input of root.querySelectorAll("input")) {
      if (locked && (!mayChange || !chosen())) input.checked = input.value === locked;
      input.disabled = Boolean(locked) && !mayChange;
    }
    button.disabled = !chosen() || (Boolean(locked) && !mayChange);
    // Nothing is left to do here: who came by keyboard goes on with the next cell (in JupyterLab; elsewhere there is none).
    if (focused && locked && !mayChange) root.closest(".jp-Cell")?.nextElementSibling?.focus();
  };
  root.addEventListener("change", () => (button.disabled = !chosen()));
  button.addEventListener("click", () => model.send({ lock: chosen() }));
  model.on("change:locked", show);
  model.on("change:reply", show);
  show();
  return () => {
    model.off("change:locked", show);
    model.off("change:reply", show);
  };
}

export default { render };
