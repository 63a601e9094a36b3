// The schedule editor: the server's checker marks the text as one types, and the preview beside it shows what it would do.

const PAUSE = 250; // ms after the last key
const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&<>]/g, (letter) => escapes[letter]);

/** One line of YAML with its comment, its field and its quoted texts in colour. */
function coloured(line) {
  const comment = /(^|\s)#.*$/.exec(line.replace(/"(\\.|[^"\\])*"/g, (quoted) => "x".repeat(quoted.length)));
  const code = comment ? line.slice(0, comment.index) : line;
  const shown = escaped(code)
    .replace(/"(?:\\.|[^"\\])*"/g, (quoted) => `<i class="q">${quoted}</i>`)
    .replace(/(^|[\s{,-])([A-Za-z_][\w-]*)(?=:(\s|$))/g, '$1<i class="k">$2</i>');
  return shown + (comment ? `<i class="c">${escaped(line.slice(comment.index))}</i>` : "");
}

async function ask(action, body) {
  const answer = await fetch(`/demo/editor/${action}`, body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {});
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.problem);
  return value;
}

export async function openEditor(dialog, trouble) {
  const [{ showPreview }, { files }] = await Promise.all([import("/demo/preview/preview.js"), ask("files")]);
  if (!document.querySelector("link[data-preview]")) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/demo/preview/preview.css" });
    link.dataset.preview = "yes";
    document.head.append(link);
  }
  new Editor(dialog, files, showPreview, trouble).show();
}

class Editor {
  constructor(dialog, files, showPreview, trouble) {
    Object.assign(this, { dialog, showPreview, trouble, saved: new Map(files.map(({ name, text }) => [name, text])), texts: new Map(files.map(({ name, text }) => [name, text])) });
    this.name = files[0].name;
    this.chosen = {};
    this.asked = 0;
  }

  show() {
    this.dialog.innerHTML = `
      <header class="ed-bar">
        <label class="ed-pick"><span>File</span><select data-testid="editor-file">${[...this.texts.keys()].map((name) => `<option>${escaped(name)}</option>`).join("")}</select></label>
        <span class="ed-state" data-testid="editor-state" role="status"></span>
        <button type="button" class="ed-undo" data-testid="editor-revert">Undo changes</button>
        <button type="button" class="ed-save" data-testid="editor-save">Save</button>
        <button type="button" class="ed-close" data-testid="editor-close" aria-label="Close the editor">×</button>
      </header>
      <nav class="ed-switch" aria-label="What to show"><button type="button" data-side="text" aria-pressed="true">Text</button><button type="button" data-side="preview" aria-pressed="false">Preview</button></nav>
      <div class="ed-body" data-side="text">
        <section class="ed-text" aria-label="The file's text">
          <div class="ed-scroll"><pre class="ed-lines" aria-hidden="true"></pre><div class="ed-field"><pre class="ed-colours" aria-hidden="true"></pre><textarea data-testid="editor-text" aria-label="The file's text" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"></textarea></div></div>
          <ol class="ed-problems" data-testid="editor-problems" aria-live="polite"></ol>
        </section>
        <section class="ed-preview" aria-label="What it would do">
          <form class="ed-who">
            <label>Route <select name="route" data-testid="editor-route"><option value="">usual</option><option value="iv">drip (iv)</option><option value="intra_articular">joint</option><option value="local_injection">local injection</option><option value="intrathecal">spine</option><option value="facial">face</option></select></label>
            <label>Risk <select name="risk" data-testid="editor-risk"><option value="">none</option>${["diabetes", "heart_disease", "autoimmune", "immunosuppressant", "anticoagulant", "chemotherapy", "previous_clot", "pregnancy", "high_dose"].map((risk) => `<option value="${risk}">${risk.replace("_", " ")}</option>`).join("")}</select></label>
            <label>Joins <select name="late_days" data-testid="editor-late"><option value="0">in time</option><option value="4">4 days late</option><option value="40">40 days late</option></select></label>
          </form>
          <div class="preview" data-testid="editor-preview"></div>
        </section>
      </div>`;
    const find = (selector) => this.dialog.querySelector(selector);
    Object.assign(this, { area: find("textarea"), lines: find(".ed-lines"), colours: find(".ed-colours"), list: find(".ed-problems"), state: find(".ed-state"), preview: find(".preview"), who: find(".ed-who"), body: find(".ed-body"), saveButton: find(".ed-save"), undoButton: find(".ed-undo") });
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.who.addEventListener("change", () => this.check());
    find(".ed-pick select").addEventListener("change", (event) => this.open(event.target.value));
    this.saveButton.addEventListener("click", () => this.save());
    this.undoButton.addEventListener("click", () => { this.texts.set(this.name, this.saved.get(this.name)); this.open(this.name); });
    find(".ed-close").addEventListener("click", () => this.dialog.close());
    for (const button of this.dialog.querySelectorAll(".ed-switch button")) button.addEventListener("click", () => this.side(button.dataset.side));
    this.dialog.showModal();
    this.open(this.name);
  }

  side(side) {
    this.body.dataset.side = side;
    for (const button of this.dialog.querySelectorAll(".ed-switch button")) button.setAttribute("aria-pressed", String(button.dataset.side === side));
    if (this.data) this.showPreview(this.preview, this.data, this.chosen);
  }

  open(name) {
    this.name = name;
    this.chosen = { language: this.chosen.language };
    this.area.value = this.texts.get(name);
    this.area.scrollTop = 0;
    this.area.setSelectionRange(0, 0);
    this.problems = [];
    this.draw();
    this.check();
  }

  typed() {
    this.texts.set(this.name, this.area.value);
    this.draw();
    this.state.textContent = "…";
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(), PAUSE);
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      this.save();
    } else if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault(); // a tab cannot indent: two spaces do
      document.execCommand("insertText", false, "  ");
    } else if (event.key === "Enter" && !event.isComposing) {
      const before = this.area.value.slice(0, this.area.selectionStart).split("\n").at(-1);
      event.preventDefault();
      document.execCommand("insertText", false, `\n${/^ */.exec(before)[0]}`);
    }
  }

  draw() {
    const rows = this.area.value.split("\n");
    const marks = new Map();
    for (const problem of this.problems) if (problem.here && !marks.has(problem.line)) marks.set(problem.line, problem);
    this.lines.innerHTML = rows.map((_, at) => (marks.has(at + 1) ? `<b class="${marks.get(at + 1).severity}">${at + 1}</b>` : at + 1)).join("\n");
    this.colours.innerHTML = rows.map((row, at) => (marks.has(at + 1) ? this.marked(row, marks.get(at + 1)) : coloured(row))).join("\n") + "\n";
    this.undoButton.disabled = this.saveButton.disabled = this.area.value === this.saved.get(this.name);
    // Both grow with the text: the box around them scrolls, so the layers cannot drift apart.
    this.area.rows = rows.length + 1;
  }

  marked(row, problem) {
    const letters = [...row];
    const at = problem.col - 1;
    const rest = letters.slice(at).join("");
    const length = Math.max(1, [...(/^("[^"]*"|[^\s,[\]{}:]+)/.exec(rest)?.[0] ?? " ")].length);
    const hit = letters.slice(at, at + length).join("") || " ";
    return `<mark class="line ${problem.severity}">${escaped(letters.slice(0, at).join(""))}<u data-testid="editor-caret">${escaped(hit)}</u>${escaped(letters.slice(at + length).join(""))}</mark>`;
  }

  async check() {
    clearTimeout(this.waiting);
    const number = ++this.asked;
    const who = Object.fromEntries(new FormData(this.who));
    try {
      const found = await ask("check", { name: this.name, text: this.area.value, route: who.route, risk: who.risk, late_days: Number(who.late_days) });
      if (number === this.asked) this.found(found);
    } catch (error) {
      this.trouble(error.message);
    }
  }

  found({ problems, preview }) {
    this.problems = problems;
    this.draw();
    const errors = problems.filter(({ severity }) => severity === "error").length;
    this.state.className = `ed-state ${errors ? "bad" : "good"}`;
    this.state.textContent = errors ? `${errors} problem${errors > 1 ? "s" : ""}` : "No problems";
    if (errors) this.saveButton.disabled = true;
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
    this.preview.classList.toggle("stale", preview === null);
    if (preview) {
      this.data = preview;
      this.showPreview(this.preview, preview, this.chosen);
    }
  }

  item(problem) {
    const item = document.createElement("li");
    item.className = problem.severity;
    item.dataset.testid = "editor-problem";
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(Object.assign(document.createElement("b"), { textContent: problem.here ? `Line ${problem.line}, column ${problem.col}` : "Another file" }), ` ${problem.message} `, Object.assign(document.createElement("small"), { textContent: problem.rule }));
    button.addEventListener("click", () => this.goTo(problem));
    item.append(button);
    if (problem.excerpt.length) item.append(Object.assign(document.createElement("pre"), { textContent: problem.excerpt.join("\n") }));
    if (problem.hint) item.append(Object.assign(document.createElement("span"), { className: "hint", textContent: problem.hint }));
    item.append(Object.assign(document.createElement("small"), { className: "page", textContent: problem.page }));
    return item;
  }

  goTo(problem) {
    if (!problem.here) return;
    this.side("text");
    const rows = this.area.value.split("\n");
    const at = rows.slice(0, problem.line - 1).reduce((sum, row) => sum + row.length + 1, 0) + problem.col - 1;
    this.area.focus();
    this.area.setSelectionRange(at, at);
    const box = this.dialog.querySelector(".ed-scroll");
    box.scrollTop = (problem.line - 1) * parseFloat(getComputedStyle(this.area).lineHeight) - box.clientHeight / 3;
  }

  async save() {
    const { name } = this;
    const text = this.area.value;
    this.saveButton.disabled = true;
    try {
      const found = await ask("save", { name, text });
      const refused = found.problems.some(({ severity }) => severity === "error");
      if (!refused) this.saved.set(name, text);
      if (name === this.name && text === this.area.value) this.found({ ...found, preview: refused ? null : this.data ?? found.preview });
      if (!refused) this.state.textContent = "Saved: the running demo follows it";
    } catch (error) {
      this.trouble(error.message);
    }
    this.draw();
  }
}
