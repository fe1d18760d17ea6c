// A text with errors underlined and names completed: a plain text area, behind it the same text with marks, before it a list of names.

const MOST = 12

export class TextView {
  constructor(view, editor) {
    this.view = view
    this.editor = editor
    this.area = view.querySelector("textarea")
    this.backdrop = view.querySelector(".backdrop")
    this.file = view.dataset.file || this.area.dataset.file
    this.line = Number(this.area.dataset.line || 1)
    this.column = Number(this.area.dataset.column || 1)
    this.list = null
    this.marks = []
    this.area.setAttribute("aria-autocomplete", "list")
    this.area.addEventListener("input", () => { this.draw(); this.offer(false) })
    this.area.addEventListener("scroll", () => this.follow())
    this.area.addEventListener("keydown", event => { if (this.key(event)) { event.preventDefault(); event.stopPropagation() } })
    this.area.addEventListener("blur", () => this.close())
    this.fit()
    this.draw()
  }

  get is_file() { return Boolean(this.view.dataset.file) }

  fit() {
    if (!this.is_file) this.area.rows = Math.max(1, Math.min(6, Math.ceil(this.area.value.length / 90)))
  }

  mark(marks) {
    this.marks = marks.filter(mark => mark.file === this.file && mark.line && (this.is_file || mark.line === this.line))
    this.area.title = this.is_file ? "" : this.marks.map(mark => mark.message).join("\n")
    this.area.setAttribute("aria-invalid", String(this.marks.length > 0))
    this.draw()
  }

  draw() {
    const lines = this.area.value.split("\n")
    this.backdrop.replaceChildren()
    lines.forEach((text, number) => {
      const here = this.marks.filter(mark => mark.line === (this.is_file ? number + 1 : this.line))
      let at = 0
      for (const mark of here.sort((one, other) => one.column - other.column)) {
        const start = Math.max(mark.column - (this.is_file ? 1 : this.column), 0)
        const end = mark.end ? Math.max(mark.end - (this.is_file ? 1 : this.column), start + 1) : text.length
        if (start < at || start >= text.length + 1) continue
        const shown = document.createElement("mark")
        shown.className = mark.severity
        shown.textContent = text.slice(start, end) || " "
        this.backdrop.append(text.slice(at, start), shown)
        at = Math.min(end, text.length)
      }
      this.backdrop.append(text.slice(at) + (number < lines.length - 1 ? "\n" : "\n "))
    })
    this.follow()
  }

  follow() {
    this.backdrop.scrollTop = this.area.scrollTop
    this.backdrop.scrollLeft = this.area.scrollLeft
  }

  // ---- completion

  word() {
    return /[\p{L}\p{N}_]*$/u.exec(this.area.value.slice(0, this.area.selectionStart))[0]
  }

  async offer(asked) {
    const word = this.word()
    if (!asked && word.length < 2) return this.close()
    const names = await this.editor.names()
    const wanted = word.toLowerCase()
    const found = names.filter(one => one.name.toLowerCase().startsWith(wanted) && one.name !== word).slice(0, MOST)
    if (!found.length || word !== this.word()) return this.close()
    this.close()
    this.list = document.createElement("ul")
    this.list.className = "completions"
    this.list.setAttribute("role", "listbox")
    this.list.id = "completions"
    this.list.setAttribute("aria-label", this.editor.words.names)
    for (const [at, one] of found.entries()) {
      const item = document.createElement("li")
      item.id = `completion-${at}`
      item.setAttribute("role", "option")
      item.textContent = one.name
      const what = document.createElement("small")
      what.textContent = one.what
      item.append(what)
      item.dataset.name = one.name
      item.addEventListener("mousedown", event => { event.preventDefault(); this.take(one.name) })
      this.list.append(item)
    }
    this.place()
    this.view.append(this.list)
    this.area.setAttribute("aria-controls", "completions")
    this.choose(0)
  }

  place() {
    const before = this.area.value.slice(0, this.area.selectionStart).split("\n")
    const style = getComputedStyle(this.area)
    const height = parseFloat(style.lineHeight)
    const pen = document.createElement("canvas").getContext("2d")
    pen.font = style.font
    const left = pen.measureText(before[before.length - 1]).width - this.area.scrollLeft
    const top = this.is_file ? before.length * height - this.area.scrollTop : this.area.offsetHeight
    this.list.style.left = `${Math.max(0, Math.min(left, this.area.clientWidth - 200))}px`
    this.list.style.top = `${top + 6}px`
  }

  choose(at) {
    const items = [...this.list.children]
    this.at = (at + items.length) % items.length
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === this.at)))
    items[this.at].scrollIntoView({block: "nearest"})
    this.area.setAttribute("aria-activedescendant", items[this.at].id)
  }

  take(name) {
    const end = this.area.selectionStart
    this.area.setRangeText(name, end - this.word().length, end, "end")
    this.close()
    this.area.dispatchEvent(new Event("input", {bubbles: true}))
    this.close()
  }

  close() {
    this.list?.remove()
    this.list = null
    this.area.removeAttribute("aria-activedescendant")
    this.area.removeAttribute("aria-controls")
  }

  key(event) {
    if (event.isComposing) return false
    if (event.ctrlKey && event.key === " ") return this.offer(true), true
    if (this.list) {
      if (event.key === "ArrowDown") return this.choose(this.at + 1), true
      if (event.key === "ArrowUp") return this.choose(this.at - 1), true
      if (event.key === "Enter" || event.key === "Tab") return this.take(this.list.children[this.at].dataset.name), true
      if (event.key === "Escape") return this.close(), true
    }
    if (event.key === "Enter" && !this.is_file) return this.area.dispatchEvent(new Event("change", {bubbles: true})), true
    return false
  }
}
