// One patient's course as a list of check-ins and a phone. It only shows: every moment was computed before, in the patient's own clock.

const PHASES = { immediate: "First days", short_term: "First month", long_term: "The years after" };
const LONGEST = Math.log10(15.5 * 8766);

function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = value;
    else if (name in node && name !== "dir") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The patient's wall clock, formatted as if it were UTC: nothing is shifted. */
function moment(wall, language, options) {
  const locale = language === "ar" ? "ar-u-nu-latn" : language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { ...options, hourCycle: "h23", timeZone: "UTC" }).format(new Date(`${wall}:00Z`));
}

/** Text of ours with <b> and <i>, and nothing else of HTML. */
function rich(text) {
  const node = make("div", { class: "pv-words" });
  let parent = node;
  for (const part of text.split(/(<\/?[bi]>)/)) {
    if (/^<[bi]>$/.test(part)) parent = parent.appendChild(document.createElement(part[1]));
    else if (/^<\/[bi]>$/.test(part)) parent = parent.parentElement ?? node;
    else parent.append(part.replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">"));
  }
  return node;
}

export function showPreview(root, data, chosen = {}) {
  let language = data.languages.find((one) => one.code === chosen.language) ?? data.languages[0];
  let open = data.rows.findIndex((row) => row.id === chosen.check_in);
  if (open < 0) open = 0;
  const narrow = () => root.getBoundingClientRect().width < 780;
  const phone = make("aside", { class: "pv-phone", "aria-label": "The patient's phone" });
  phone.dataset.testid = "preview-phone";
  const list = make("div", { class: "pv-list" });
  list.dataset.testid = "preview-list";
  const tabs = make("div", { class: "pv-tabs", role: "group", "aria-label": "Language" });
  const body = make("div", { class: "pv-body" }, list);

  function chat() {
    const row = data.rows[open];
    if (!row) return;
    const bubbles = row.questions.map((name, index) => {
      const question = language.questions[name] ?? { text: `(${name})`, options: [] };
      const opening = index === 0 ? rich(`${language.openings[row.opening] ?? ""}\n\n`) : null;
      const keys = question.options.map(([id, label]) => {
        const more = (data.follow_ups[name] ?? []).includes(id);
        return make("span", { class: "pv-key", title: more ? "One more question follows" : "" }, label, more ? make("small", {}, " ↳") : null);
      });
      return make("div", { class: "pv-item" }, make("div", { class: "pv-bubble" }, opening, rich(question.text)), make("div", { class: "pv-keys" }, ...keys));
    });
    const day = moment(row.wall, language.code, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    const top = make("header", { class: "pv-top" }, make("span", { class: "pv-avatar", "aria-hidden": "true" }, "A"),
      make("span", {}, make("strong", {}, "Aftercare"), make("small", {}, moment(row.wall, language.code, { hour: "2-digit", minute: "2-digit" }))),
      make("span", { class: "pv-count" }, String(row.questions.length)));
    const wall = make("div", { class: "pv-wall", dir: language.dir, lang: language.code, tabIndex: 0 }, make("span", { class: "pv-day" }, day), ...bubbles);
    phone.replaceChildren(top, wall);
    const item = list.querySelectorAll("li")[open];
    if (narrow()) item?.after(phone);
    else body.append(phone);
  }

  function select(index) {
    open = index === open && narrow() && phone.isConnected && phone.parentElement !== body ? -1 : index;
    for (const [at, item] of list.querySelectorAll("li").entries()) item.querySelector("button").setAttribute("aria-expanded", String(at === open));
    if (open < 0) phone.remove();
    else chat();
    chosen.check_in = data.rows[open]?.id;
  }

  function item(row, index) {
    const when = make("span", { class: "pv-when" }, make("b", {}, moment(row.wall, "en", { hour: "2-digit", minute: "2-digit" })),
      make("span", {}, moment(row.wall, "en", { weekday: "short", day: "numeric", month: "short", year: "numeric" })));
    const notes = row.notes.map((note) => make("em", { class: "pv-note" }, note));
    const what = make("span", { class: "pv-what" }, make("b", {}, row.id), make("span", {}, row.questions.map((name) => name.replaceAll("_", " ")).join(", ")), ...notes);
    const button = make("button", { type: "button", "aria-expanded": String(index === open), onclick: () => select(index) }, when, what, make("span", { class: "pv-after" }, row.after));
    button.dataset.testid = "preview-row";
    return make("li", { class: `pv-${row.phase}` }, button);
  }

  function strip() {
    const svgns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(svgns, "svg");
    svg.setAttribute("viewBox", "0 0 1000 52");
    svg.setAttribute("class", "pv-strip");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "The check-ins along the years, nearer together at the beginning");
    const x = (hours) => 14 + (Math.log10(Math.max(1, hours)) / LONGEST) * 972;
    const draw = (name, attributes, text) => {
      const node = document.createElementNS(svgns, name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      if (text) node.textContent = text;
      svg.append(node);
    };
    draw("line", { x1: 0, x2: 1000, y1: 14, y2: 14, class: "pv-axis" });
    for (const [hours, label] of [[1, "1 h"], [24, "1 day"], [168, "1 week"], [730, "1 month"], [8766, "1 year"], [43830, "5"], [131490, "15"]]) {
      draw("line", { x1: x(hours), x2: x(hours), y1: 8, y2: 20, class: "pv-axis" });
      draw("text", { x: x(hours), y: 46, "text-anchor": hours === 1 ? "start" : hours > 1e5 ? "end" : "middle" }, label);
    }
    for (const row of data.rows) draw("circle", { cx: x(row.hours), cy: 14, r: 6, class: `pv-${row.phase}` });
    return svg;
  }

  const phases = [];
  for (const [index, row] of data.rows.entries()) {
    if (phases.at(-1)?.name !== row.phase) phases.push({ name: row.phase, items: [] });
    phases.at(-1).items.push(item(row, index));
  }
  list.append(...phases.flatMap(({ name, items }) => [make("h2", {}, PHASES[name] ?? name), make("ol", {}, ...items)]));
  if (!data.rows.length) list.append(make("p", { class: "pv-none" }, "Nothing is asked in this time."));
  tabs.append(...data.languages.map((one) => {
    const button = make("button", { type: "button", lang: one.code, onclick: () => choose(one) }, one.name);
    button.dataset.testid = "preview-language";
    button.setAttribute("aria-pressed", String(one === language));
    return button;
  }));
  function choose(one) {
    language = one;
    chosen.language = one.code;
    for (const button of tabs.children) button.setAttribute("aria-pressed", String(button.lang === one.code));
    if (open >= 0) chat();
  }
  const facts = make("dl", { class: "pv-facts" }, ...data.facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  const head = make("header", { class: "pv-head" }, make("h1", {}, data.title),
    make("p", { class: "pv-version" }, `${data.schedule} · ${data.version} · ${data.rows.length} check-ins`), facts, strip(), tabs);
  root.replaceChildren(head, body);
  if (narrow()) open = chosen.check_in ? open : -1;
  if (open >= 0) chat();
  for (const [at, one] of list.querySelectorAll("li").entries()) one.querySelector("button").setAttribute("aria-expanded", String(at === open));
}
