// A list under a field from which one picks with the arrows, Enter or a click; the focus stays in the field (ARIA listbox).

let count = 0;

export class Picks {
  /** `field` is typed into, `list` an empty <ul role="listbox">. `choose` gets what was picked. */
  constructor(field, list, choose) {
    this.field = field;
    this.list = list;
    this.choose = choose;
    this.at = -1;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays where it is
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#pick([...this.options].indexOf(option));
    });
  }

  get options() {
    return this.list.querySelectorAll("[role=option]");
  }

  get open() {
    return !this.list.hidden;
  }

  /** Show these: {words, hint, group, value}; `none` is said when there is nothing. `at` is marked first. */
  show(items, none, at = 0) {
    this.items = items;
    let group = "";
    const rows = [];
    for (const item of items) {
      if (item.group && item.group !== group) rows.push(line("picks__group", (group = item.group), "presentation"));
      const option = line("picks__one", item.words, "option");
      option.id = `pick-${(count += 1)}`;
      if (item.hint) option.append(line("picks__hint", item.hint, "", "span"));
      rows.push(option);
    }
    if (!items.length) rows.push(line("picks__none", none, "option"));
    rows.at(-1)?.toggleAttribute("aria-disabled", !items.length);
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    if (this.field.matches("input")) this.field.setAttribute("aria-expanded", "true");
    this.list.scrollIntoView({ block: "nearest" });
    this.#mark(items.length ? Math.max(0, at) : -1);
  }

  close() {
    this.list.hidden = true;
    if (this.field.matches("input")) this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #mark(at) {
    this.at = at;
    this.options.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    const marked = this.items.length ? this.options[at] : null;
    if (!marked) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  }

  #pick(at) {
    if (!this.items[at]) return;
    this.close();
    this.choose(this.items[at].value);
  }

  #key(event) {
    if (!this.open || event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && this.items.length) this.#mark((this.at + by + this.items.length) % this.items.length);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#pick(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function line(name, text, role, tag = "li") {
  const one = document.createElement(tag);
  one.className = name;
  one.textContent = text;
  if (role) one.setAttribute("role", role);
  return one;
}
