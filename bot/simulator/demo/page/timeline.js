// The course: check-ins by phase, each with its state, and where we are now.

import { dateOf, distance, timeOf } from "./moments.js";

const PHASES = { immediate: "Immediate", short_term: "Short term", long_term: "Long term" };
const STATES = {
  planned: "", sent: "waiting", reminded: "reminded", answered: "answered", silent: "no answer", skipped: "merged", missed_system: "missed by us", cancelled: "cancelled",
};

const UNITS = { h: "hour", d: "day", w: "week", m: "month", mo: "month", y: "year" };

export function showTimeline(box, items, now) {
  const text = JSON.stringify([items, now.slice(0, 16)]);
  if (box.dataset.shown === text) return;
  box.dataset.shown = text;
  const parts = [];
  let list = null;
  let phase = null;
  let nowShown = false;
  for (const item of items) {
    if (item.phase !== phase) {
      phase = item.phase;
      parts.push(Object.assign(document.createElement("h3"), { textContent: PHASES[phase] ?? phase }));
      parts.push((list = document.createElement("ol")));
    }
    if (!nowShown && Date.parse(item.at) > Date.parse(now)) {
      list.append(nowMark(now));
      nowShown = true;
    }
    list.append(entry(item, now));
  }
  if (!items.length) parts.push(Object.assign(document.createElement("p"), { className: "none", textContent: "No check-ins yet: the patient has not joined." }));
  else if (!nowShown) list.append(nowMark(now));
  box.replaceChildren(...parts);
  scrollToNow(box);
}

export function scrollToNow(box) {
  const mark = box.querySelector(".now");
  if (mark) box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
}

/** "h2" is "2 hours", "weekly_d28" is "28 days, weekly", "evening_call" is "evening call". */
function nameOf(id) {
  const [, kind, unit, count] = id.match(/^(?:(\w+)_)?(h|d|w|mo|m|y)(\d+)$/) ?? [];
  if (!unit) return id.replaceAll(/[_-]/g, " ");
  return `${count} ${UNITS[unit]}${count === "1" ? "" : "s"}${kind ? `, ${kind}` : ""}`;
}

function entry(item, now) {
  const li = document.createElement("li");
  li.dataset.state = item.state;
  li.dataset.checkIn = item.id;
  const what = Object.assign(document.createElement("span"), { className: "what", textContent: item.title ?? nameOf(item.id) });
  const when = Object.assign(document.createElement("time"), { className: "when", dateTime: item.at });
  when.textContent = `${dateOf(item.at, { year: item.at.slice(0, 4) !== now.slice(0, 4) })}, ${timeOf(item.at)}`;
  const state = STATES[item.state] ?? item.state;
  const how = Object.assign(document.createElement("span"), { className: "how", textContent: state || distance(item.at, now) });
  li.append(what, when, how);
  return li;
}

function nowMark(now) {
  const li = Object.assign(document.createElement("li"), { className: "now", textContent: `Now, ${timeOf(now)}` });
  li.setAttribute("aria-current", "time");
  return li;
}
