// The editor of a draft: sends every change in order, shows what is found at once, and keeps grids, fields and texts as the server has them.

import {Grid} from "./grid.js"
import {TextView} from "./text-view.js"

// Milliseconds after a key before the checker is asked: about half of what it took last, so that it is soon heard and not asked for each key of a word.
const [SHORT, LONG] = [20, 120]
const AGAIN = 2000
const UNKNOWN = 401

class Editor {
  constructor(main) {
    this.draft = main.dataset.draft
    this.part = document.getElementById("part")
    this.status = document.getElementById("status")
    this.side = document.getElementById("side")
    this.marks = JSON.parse(main.dataset.marks)
    this.words = JSON.parse(main.dataset.words)
    this.policy = main.dataset.policy
    this.hits = []
    this.last = Promise.resolve()
    this.asked = 0
    this.wait = SHORT
    this.attach()
    document.getElementById("undo").addEventListener("click", () => this.undo())
    document.getElementById("redo").addEventListener("click", () => this.redo())
    document.addEventListener("keydown", event => this.keydown(event))
    document.getElementById("findings").addEventListener("click", event => this.finding(event))
    this.part.addEventListener("input", event => this.typed(event))
    this.part.addEventListener("change", event => this.changed(event))
    document.addEventListener("submit", event => this.submitted(event))
    document.getElementById("close").addEventListener("click", () => this.side.replaceChildren())
    new MutationObserver(() => this.beside()).observe(this.side, {childList: true})
    const place = sessionStorage.getItem("place")
    sessionStorage.removeItem("place")
    if (place) this.show(JSON.parse(place))
  }

  attach() {
    this.grids = [...this.part.querySelectorAll("table.grid")].map(table => new Grid(table, this))
    this.views = [...this.part.querySelectorAll(".text-view")].map(view => new TextView(view, this))
    for (const field of this.part.querySelectorAll(".value, .text-view textarea")) field.dataset.saved = field.value
    this.mark()
    this.light()
  }

  // ---- what the server says

  async ask(what, body) {
    const started = performance.now()
    const answer = await this.sent(`/drafts/${this.draft}/${what}`, {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify(body ?? {}),
    })
    const found = await answer.json().catch(() => ({refused: answer.statusText || String(answer.status)}))
    found.took = performance.now() - started
    this.wait = Math.min(Math.max(found.took / 2, SHORT), LONG)
    return found
  }

  // A console that was stopped is asked until it answers again; it has kept the draft. One that was started anew has another token, which its new address
  // brings to this browser. What was sent last perhaps came: rows that were added are seen twice then, and undone.
  async sent(address, request) {
    for (;;) {
      try {
        const answer = await fetch(address, request)
        if (answer.status !== UNKNOWN) return answer
        this.say(this.words["started anew"], true)
      } catch {
        this.say(this.words["no answer"], true)
      }
      await new Promise(wake => setTimeout(wake, AGAIN))
    }
  }

  apply(found) {
    const are_open = document.getElementById("notes")?.open
    document.getElementById("findings").innerHTML = found.panel // written by the server, where everything is escaped
    if (are_open && document.getElementById("notes")) document.getElementById("notes").open = true
    document.getElementById("undo").disabled = !found.undo
    document.getElementById("redo").disabled = !found.redo
    this.marks = found.marks
    this.mark()
    if (found.lost) this.say(this.words.lost, true)
    else this.say(found.changed.join(", "))
    this.status.dataset.took = String(Math.round(found.took))
  }

  say(text, is_bad = false) {
    this.status.textContent = text
    this.status.className = is_bad ? "error" : ""
  }

  mark() {
    for (const grid of this.grids) {
      const path = JSON.stringify(grid.path)
      grid.mark(this.marks.filter(mark => mark.file === grid.file && JSON.stringify(mark.path) === path))
    }
    for (const field of this.part.querySelectorAll(".value")) {
      const found = this.marks.filter(mark => mark.file === field.dataset.file && String(mark.line) === field.dataset.line
        && mark.path === null && mark.column >= Number(field.dataset.column) && mark.column <= Number(field.dataset.column) + field.value.length + 2)
      field.classList.remove("error", "warning")
      if (found.length) field.classList.add(found[0].severity)
      field.title = found.map(mark => mark.message).join("\n")
    }
    for (const view of this.views) view.mark(this.marks)
  }

  // ---- changes

  in_order(work) {
    this.last = this.last.then(work, work)
    return this.last
  }

  edit(change) {
    this.asked++
    clearTimeout(this.timer)
    return this.in_order(async () => {
      const found = await this.ask("edit", change)
      if (found.refused) return this.refused(found)
      this.apply(found)
      return true
    })
  }

  restructure(change, place) {
    return this.in_order(async () => {
      const found = await this.ask("edit", change)
      if (found.refused) return this.refused(found)
      await this.reload(change.file, change.path, place)
      this.apply(found)
      return true
    })
  }

  preview(change) {
    const asked = ++this.asked
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.in_order(async () => {
      if (asked !== this.asked) return
      const found = await this.ask("preview", change)
      if (asked !== this.asked) return
      if (found.refused) this.say(found.refused, true)
      else this.apply(found)
    }), this.wait)
  }

  settle() {
    // What was typed is gone again: show what holds.
    this.asked++
    clearTimeout(this.timer)
    const [grid] = this.grids
    if (grid) this.preview(grid.change([]))
  }

  undo() { return this.turn("undo") }
  redo() { return this.turn("redo") }

  turn(way) {
    return this.in_order(async () => {
      const grid = this.grids.find(one => one.table.contains(document.activeElement))
      const found = await this.ask(way)
      if (found.refused) return this.refused(found)
      await this.reload(grid?.file, grid?.path, grid?.active)
      this.apply(found)
      return true
    })
  }

  async refused(found) {
    await this.reload()
    this.say([found.refused, found.help].filter(Boolean).join(": "), true)
    return false
  }

  refuse(why) {
    this.say(this.words[why], true)
  }

  async reload(file, path, place) {
    const answer = await this.sent(`/drafts/${this.draft}/part?part=${encodeURIComponent(this.part.dataset.part)}`)
    if (!answer.ok) return
    this.part.innerHTML = await answer.text() // written by the server, where everything is escaped
    this.attach()
    const wanted = JSON.stringify(path)
    const grid = path && this.grids.find(one => one.file === file && JSON.stringify(one.path) === wanted)
    if (grid && place) grid.go(...place)
  }

  // ---- fields and texts

  change_of(field) {
    if (field.dataset.path) return {do: "value", file: field.dataset.file, path: JSON.parse(field.dataset.path), text: field.value}
    const view = field.closest(".text-view")
    return view?.dataset.file ? {do: "text", file: view.dataset.file, text: field.value} : null
  }

  typed(event) {
    if (event.isComposing || !event.target.matches("input.value, textarea")) return
    const change = this.change_of(event.target)
    if (change) this.preview(change)
  }

  async changed(event) {
    const field = event.target
    const change = field.matches(".value, .text-view textarea") ? this.change_of(field) : null
    if (!change || field.value === field.dataset.saved) return
    const before = field.dataset.saved
    field.dataset.saved = field.value
    if (!(await this.edit(change))) field.dataset.saved = before
  }

  keydown(event) {
    const key = event.key.toLowerCase()
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return
    const field = event.target.matches?.("input, textarea") ? event.target : null
    if (field && (field.dataset.saved === undefined || field.value !== field.dataset.saved)) return // what is being written is undone by the browser
    event.preventDefault()
    if (key === "y" || event.shiftKey) this.redo()
    else this.undo()
  }

  async submitted(event) {
    const form = event.target
    if (form.id === "new-case") {
      event.preventDefault()
      const given = new FormData(form)
      let value
      try {
        value = {id: given.get("id"), facts: JSON.parse(given.get("facts")), expected: JSON.parse(given.get("expected"))}
      } catch (error) {
        return this.say(error.message, true)
      }
      if (given.get("why")) value.why = given.get("why")
      await this.restructure({do: "entry", file: "cases.yaml", path: ["cases", Number(form.dataset.next)], value: JSON.stringify(value)})
    }
    if (form.id === "new-overlay") {
      event.preventDefault()
      const file = new FormData(form).get("file")
      const made = await this.edit({do: "overlay", file, policy: this.policy})
      if (made) location.assign(`/drafts/${this.draft}?part=${encodeURIComponent(`overlay/${file}`)}`)
    }
  }

  // ---- findings and what stands beside

  finding(event) {
    const add = event.target.closest(".add-row")
    if (add) return this.add_row(add)
    const go = event.target.closest(".go")
    if (go && go.dataset.file) this.show({file: go.dataset.file, path: JSON.parse(go.dataset.path), row: go.dataset.row, cell: go.dataset.cell})
  }

  add_row(button) {
    const path = JSON.parse(button.dataset.path)
    const cells = JSON.parse(button.dataset.cells)
    const wanted = JSON.stringify(path)
    const grid = this.grids.find(one => one.file === button.dataset.file && JSON.stringify(one.path) === wanted)
    const at = grid ? grid.rows : 0
    if (!grid) return this.show({file: button.dataset.file, path, row: "", cell: ""})
    return this.restructure({do: "add", file: button.dataset.file, path, at, rows: [cells]}, [at, Number(grid.table.dataset.inputs)])
  }

  show(place) {
    const wanted = JSON.stringify(place.path)
    const grid = place.path && this.grids.find(one => one.file === place.file && JSON.stringify(one.path) === wanted)
    if (grid) return grid.go(Math.max(Number(place.row || 0), 0), Number(place.cell || 0))
    const part = !place.path ? `text/${place.file}` : place.path.length ? place.path.slice(0, 2).join("/") : `file/${place.file}`
    if (part === this.part.dataset.part) return undefined
    sessionStorage.setItem("place", JSON.stringify(place))
    location.assign(`/drafts/${this.draft}?part=${encodeURIComponent(part)}`)
  }

  beside() {
    const tried = document.getElementById("tried")
    this.hits = tried ? JSON.parse(tried.dataset.hits) : []
    this.light()
    document.getElementById("close").hidden = !this.side.children.length
    if (this.side.querySelector("#saved")) this.say("")
  }

  light() {
    for (const grid of this.grids) grid.light(this.hits)
  }

  async names() {
    this.known ??= fetch(`/drafts/${this.draft}/names`).then(answer => answer.json())
    return this.known
  }
}

window.tierwise = new Editor(document.getElementById("main"))
