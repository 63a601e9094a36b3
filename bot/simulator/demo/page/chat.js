// One phone's conversation. Messages are kept by id: an edit replaces its bubble, and nobody's place in the scroll is lost.

import { dateOf, dayOf, timeOf } from "./moments.js";

const NEAR_THE_END = 90;
const COMMAND = /(?<![\w/])(\/[a-z]{2,20})\b/;

export class Chat {
  constructor(phone, press, write) {
    this.who = phone.dataset.who;
    this.press = press;
    this.write = write;
    this.box = phone.querySelector(".messages");
    this.notice = phone.querySelector(".notice");
    this.shown = new Map();
    this.notices = null;
    this.newest = 0;
  }

  /** Shows these messages; how many of them are new and not the person's own. */
  show(messages) {
    const atEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_THE_END;
    const kept = new Set(messages.map((message) => message.id));
    if (messages.length === 0 || ![...this.shown.keys()].some((id) => kept.has(id))) this.clear(messages.length === 0);
    for (const [id, { node }] of this.shown) if (!kept.has(id)) this.forget(id, node);
    let day = null;
    let news = 0;
    let own = false;
    for (const message of messages) {
      if (dayOf(message.at) !== day) this.showDay((day = dayOf(message.at)), message);
      const isNew = this.showOne(message);
      own ||= isNew && message.mine;
      news += isNew && !message.mine;
    }
    if (own || (news && atEnd)) this.box.scrollTop = this.box.scrollHeight;
    return news;
  }

  forget(id, node) {
    node.remove();
    this.shown.delete(id);
  }

  clear(empty) {
    this.shown.clear();
    this.box.replaceChildren();
    this.newest = 0;
    if (empty) {
      const hint = document.createElement("p");
      hint.className = "empty";
      hint.append(Object.assign(document.createElement("span"), { textContent: "Nothing here yet" }));
      this.box.append(hint);
    }
  }

  showDay(day, message) {
    if (this.box.querySelector(`[data-day="${day}"]`)) return;
    const chip = Object.assign(document.createElement("time"), { className: "day", textContent: dateOf(message.at) });
    chip.dataset.day = day;
    this.box.append(chip);
  }

  /** Whether it is a new message; an edit is none. */
  showOne(message) {
    const text = JSON.stringify(message);
    const known = this.shown.get(message.id);
    if (known?.text === text) return false;
    const node = this.node(message);
    if (known) {
      node.style.animation = "none";
      known.node.replaceWith(node);
    } else {
      this.box.querySelector(".empty")?.remove();
      this.box.append(node);
    }
    this.shown.set(message.id, { text, node });
    const isNew = message.id > this.newest;
    this.newest = Math.max(this.newest, message.id);
    return isNew;
  }

  node(message) {
    const item = document.createElement("article");
    item.className = message.mine ? "item mine" : "item";
    item.dataset.messageId = message.id;
    const bubble = Object.assign(document.createElement("div"), { className: "bubble", dir: "auto" });
    const words = Object.assign(document.createElement("div"), { className: "words", dir: "auto" });
    words.innerHTML = message.html; // escaped by the stand-in, which lets Telegram's own tags through and nothing else
    for (const link of words.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noreferrer" });
    for (const block of words.querySelectorAll("blockquote, pre")) trimAround(block);
    if (!message.mine) this.linkCommands(words);
    const stamp = Object.assign(document.createElement("time"), { className: "stamp", dir: "ltr" });
    stamp.textContent = `${message.edited ? "edited " : ""}${timeOf(message.at)}${message.mine ? " ✓✓" : ""}`;
    if (message.image) bubble.append(Object.assign(document.createElement("img"), { className: "picture", alt: "", src: message.image }));
    bubble.append(words, stamp);
    item.append(bubble);
    if (message.buttons.length) item.append(this.keys(message));
    return item;
  }

  /** A command in the bot's words can be tapped, as in Telegram. */
  linkCommands(words) {
    const texts = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) if (COMMAND.test(texts.currentNode.data)) found.push(texts.currentNode);
    for (const node of found) node.replaceWith(...node.data.split(COMMAND).map((part, at) => (at % 2 ? this.command(part) : part)));
  }

  command(text) {
    const link = Object.assign(document.createElement("button"), { type: "button", className: "command", dir: "ltr", textContent: text });
    link.addEventListener("click", () => this.write(this.who, text));
    return link;
  }

  keys(message) {
    const keys = Object.assign(document.createElement("div"), { className: "keys" });
    for (const row of message.buttons) {
      const line = document.createElement("div");
      for (const { label, data } of row) {
        const key = Object.assign(document.createElement("button"), { type: "button", textContent: label, dir: "auto" });
        key.dataset.testid = `${this.who}-button`;
        key.addEventListener("click", () => this.pressed(key, message.id, data));
        line.append(key);
      }
      keys.append(line);
    }
    return keys;
  }

  async pressed(key, id, data) {
    key.classList.add("pressed");
    await this.press(this.who, id, data);
    key.classList.remove("pressed");
  }

  /** Flashes what came since last time, as Telegram does at the top of the chat. */
  showNotices(notices) {
    const before = this.notices;
    this.notices = notices.length;
    if (before === null || notices.length <= before) return;
    this.notice.textContent = notices.at(-1);
    this.notice.hidden = false;
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => (this.notice.hidden = true), 3500);
  }
}

/** A block breaks the line by itself: the line breaks that stand beside it in the text would show as empty lines. */
function trimAround(block) {
  const { previousSibling: before, nextSibling: after } = block;
  if (before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/\n$/, "");
  if (after?.nodeType === Node.TEXT_NODE) after.data = after.data.replace(/^\n/, "");
}
