// The live view of clusters. The kernel sends what there is (traits) and what travelled (messages); everything that
// moves between two of those is made here, and nothing is asked of the kernel for it. These parts are one module, put
// together by scripts.py. This one: words and signs.

const STATES = { memory: "instance memory", replicated_memory: "copies in memory", client_store: "client’s own document",
  signed_cookie: "signed cookie", encrypted_cookie: "encrypted cookie", signed_token: "signed token (JWT)",
  soft_affinity: "memory over a store", redis: "redis store", memcached: "memcached store", sqlite: "SQLite file",
  postgres: "PostgreSQL", opaque_token: "opaque token" };
const SERVING = ["up", "draining", "unhealthy"];
const BADGE = { up: "● up", draining: "◐ draining", unhealthy: "▲ unhealthy", stopped: "■ stopped", down: "✕ down", hung: "◌ hung",
  ejected: "▲ ejected" };
const SIGNS = { lost: "◆", failed: "✕", crash: "⚡", restart: "⟳", error: "!", hang: "◌", fault: "⚡", store: "▤", scale: "↔" };
const CRASHES = {
  crash_kill: "As a process that is killed: its connections end (FIN) and its memory is gone",
  crash_reset: "As a machine that restarted: its connections are reset (RST) and its memory is gone",
};
const OWN_CRASH = { thread: "crash_reset", process: "crash_kill" };
const SILENT_MS = 5000;
const HERE_MS = 1000;
const MANY_INSTANCES = 5;
const EVERYBODY = "*";
const GONE = "The notebook’s kernel no longer knows this panel. Run its cells again.";

const spoken = (word) => word.replaceAll("_", " ");
const items = (n) => `${n} item${n === 1 ? "" : "s"}`;
const says = (who) => (who.items ? items(who.items) + (who.contradicted ? ", rest LOST" : "")
  : who.contradicted ? "EMPTY" : "no items yet");
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
