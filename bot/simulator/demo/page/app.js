// The page: shows the state that the server pushes, and sends what people do. It decides nothing itself.

import { Chat } from "./chat.js";
import { dateOf, lengthOf, timeOf } from "./moments.js";
import { scrollToNow, showTimeline } from "./timeline.js";

const $ = (id) => document.getElementById(id);
const chats = Object.fromEntries([...document.querySelectorAll(".phone")].map((phone) => [phone.dataset.who, new Chat(phone, press, write)]));
const unread = { patient: 0, clinician: 0 };
let current = null;
let loaded = false;

async function act(action, body) {
  try {
    const answer = await fetch(`/demo/${action}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) trouble((await answer.json()).problem);
  } catch {
    trouble("The demo does not answer. Is it still running?");
  }
}

function press(who, message_id, data) {
  return act("press", { who, message_id, data });
}

function write(who, text) {
  return act("write", { who, text });
}

async function slowly(work) {
  const buttons = document.querySelectorAll("[data-advance], .picker select");
  buttons.forEach((button) => (button.disabled = true));
  $("progress").hidden = false;
  await work();
  buttons.forEach((button) => (button.disabled = false));
  $("progress").hidden = true;
}

function show(state) {
  const other = current !== state.current;
  current = state.current;
  showClock(state);
  showChoices($("patient-picker"), state.patients.map(({ id, name, about }) => [id, about ? `${name}: ${about}` : name]), state.current);
  showFaults(state.faults);
  $("open-editor").hidden = !state.editor;
  const patient = state.patients.find(({ id }) => id === state.current);
  $("about").textContent = patient ? `${patient.name}${patient.about ? `: ${patient.about}` : ""}` : "";
  $("patient-name").textContent = patient ? `on ${patient.name}’s phone` : "bot";
  $("clinician-name").textContent = state.clinician_name ? `on ${state.clinician_name}’s phone` : "on call";
  showSuggestions(state.suggestions ?? []); // before the messages: it takes room from them
  for (const who of ["patient", "clinician"]) {
    const news = chats[who].show(state[`${who}_messages`]);
    chats[who].showNotices(state[`${who}_notices`] ?? []);
    countUnread(who, !loaded || (other && who === "patient") ? 0 : news);
  }
  showTimeline($("timeline"), state.timeline, state.now);
  loaded = true;
  document.body.dataset.ready = "yes";
}

function showClock({ now, zone, treated_at }) {
  $("clock-time").textContent = timeOf(now);
  $("clock-date").textContent = dateOf(now, { year: true });
  const minutes = treated_at ? Math.round((Date.parse(now) - Date.parse(treated_at)) / 60000) : null;
  if (minutes === null || minutes < 0) $("clock-since").textContent = zone ?? "";
  else $("clock-since").textContent = minutes < 1 ? "treated just now" : `${lengthOf(minutes)} after treatment`;
}

function showChoices(select, choices, chosen) {
  const text = JSON.stringify(choices);
  if (select.dataset.shown !== text) {
    select.dataset.shown = text;
    select.replaceChildren(...choices.map(([value, label]) => new Option(label, value)));
  }
  if (document.activeElement !== select || select.value !== chosen) select.value = chosen;
}

function showFaults(faults) {
  const active = faults.find((fault) => fault.active)?.id ?? "none";
  const choices = faults.some(({ id }) => id === "none") ? faults : [{ id: "none", name: "none" }, ...faults];
  showChoices($("fault-picker"), choices.map(({ id, name }) => [id, name]), active);
  $("fault-picker").classList.toggle("active", active !== "none");
}

function showSuggestions(suggestions) {
  const box = $("suggestions");
  const text = JSON.stringify(suggestions);
  if (box.dataset.shown === text) return;
  box.dataset.shown = text;
  box.replaceChildren(
    ...suggestions.map((words) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", textContent: words, dir: "auto", title: words });
      chip.addEventListener("click", () => {
        $("patient-input").value = words;
        $("patient-input").focus();
      });
      return chip;
    }),
  );
}

function countUnread(who, news) {
  const hidden = document.body.dataset.shown !== who;
  unread[who] = hidden ? unread[who] + news : 0;
  const badge = $(`badge-${who}`);
  badge.hidden = unread[who] === 0;
  badge.textContent = unread[who];
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
  clearTimeout(trouble.hiding);
  trouble.hiding = setTimeout(() => ($("trouble").hidden = true), 5000);
}

for (const form of document.querySelectorAll(".compose")) {
  const input = form.querySelector("textarea");
  const who = form.closest(".phone").dataset.who;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    if (text) write(who, text);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => slowly(() => act("advance", JSON.parse(button.dataset.advance))));
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    document.body.dataset.shown = button.dataset.show;
    document.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    if (button.dataset.show in unread) countUnread(button.dataset.show, 0);
    const box = document.querySelector(`[data-pane=${button.dataset.show}] .messages`);
    if (box) box.scrollTop = box.scrollHeight;
    else scrollToNow($("timeline"));
  });
}
$("patient-picker").addEventListener("change", (event) => slowly(() => act("pick", { patient: event.target.value })));
$("fault-picker").addEventListener("change", (event) => act("fault", { fault: event.target.value }));

$("open-editor").addEventListener("click", async () => {
  const { openEditor } = await import("./editor.js");
  await openEditor($("editor"), trouble);
});

const events = new EventSource("/demo/events");
events.onmessage = ({ data }) => show(JSON.parse(data));
events.onerror = () => trouble("The connection to the demo is lost; trying again.");
