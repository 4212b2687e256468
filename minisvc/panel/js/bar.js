// The controls of the whole cluster, and the counters.

const RATES = [1, 4, 10, 30, 60];
const SPEEDS = { 520: "slow", 260: "normal", 130: "fast" };
const MOST_INSTANCES = 12;

function choice(label, options, name, choose) {
  const select = make("select", { "data-control": name });
  for (const [value, words] of options) select.append(make("option", { value }, words));
  select.addEventListener("change", () => choose(select.value, select));
  return [make("label", { class: "sw-choice" }, make("span", {}, label), select), select];
}

// What runs is always among the choices, though only the common ones are offered.
function pick(select, value) {
  if (select.dataset.waiting) return;
  if (![...select.options].some((each) => each.value === value)) select.append(make("option", { value }, spoken(value)));
  select.value = value;
}

function button(words, control, press) {
  const node = make("button", { type: "button", "data-control": control }, words);
  node.addEventListener("click", () => press(node));
  return node;
}

function toggle(words, control, title, ask) {
  const node = make("button", { type: "button", class: "sw-switch", role: "switch", "data-control": control, title });
  node.append(make("span", { class: "sw-knob", "aria-hidden": "true" }), words);
  node.addEventListener("click", () => ask(control, node.getAttribute("aria-checked") !== "true", node));
  return node;
}

function bar(ask, offered, pace) {
  const named = (names, words) => names.map((name) => [name, words[name] ?? spoken(name)]);
  const traffic = button("", "traffic", (node) => ask("traffic", node.getAttribute("aria-pressed") !== "true", node));
  traffic.className = "sw-traffic";
  const sticky = toggle("Sticky", "sticky",
    "Sticky: each customer keeps coming back to the instance that first answered it", ask);
  const retry = toggle("Retries", "retry",
    "Retries: what is idempotent is sent again, to another instance, when a connection breaks; this hides crashes", ask);
  const [stateLabel, state] = choice("Carts live in", named(offered.states ?? [], STATES), "state",
    (value, node) => ask("state", value, node));
  const [policyLabel, policy] = choice("Policy", named(offered.policies ?? [], {}), "policy",
    (value, node) => ask("policy", value, node));
  const counts = Array.from({ length: MOST_INSTANCES }, (_, place) => [String(place + 1), String(place + 1)]);
  const [countLabel, count] = choice("Instances", counts, "instances",
    (value, node) => ask("instances", Number(value), node));
  const [rateLabel, rate] = choice("Traffic", RATES.map((each) => [String(each), `${each}/s`]), "rate",
    (value, node) => ask("rate", Number(value), node));
  const [speedLabel, speed] = choice("Speed", Object.entries(SPEEDS), "speed", (value) => { pace.hop = Number(value); });
  speed.value = String(pace.hop);
  const more = button("+ Customer", "customers", (node) => ask("customers", 1, node));
  const many = button("+ 10", "customers10", (node) => ask("customers", 10, node));
  many.setAttribute("aria-label", "Ten more customers");
  const root = make("div", { class: "sw-bar", role: "group", "aria-label": "Cluster controls" });
  root.append(traffic, sticky, retry, stateLabel, policyLabel, countLabel, rateLabel, speedLabel, more, many);
  const show = (seen) => {
    traffic.setAttribute("aria-pressed", seen.traffic);
    put(traffic, seen.traffic ? "❚❚ Pause traffic" : "▶ Start traffic");
    sticky.setAttribute("aria-checked", seen.sticky);
    retry.setAttribute("aria-checked", seen.retry);
    pick(state, seen.state);
    pick(policy, seen.policy);
    pick(count, String(seen.instances.length));
    pick(rate, String(seen.rate));
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
  const survives = make("div", { class: "sw-survives" });
  root.append(address, survives);
  const show = (seen) => {
    for (const name in parts) {
      put(parts[name], String(seen[name]));
      parts[name].parentNode.classList.toggle("sw-some", seen[name] > 0);
    }
    put(address, seen.url);
    put(survives, seen.survives ? `Measured of this layout: ${seen.survives}` : "");
  };
  return { root, show };
}
