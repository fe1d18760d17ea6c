// One grid of cells: moving, selecting, typing, copying and pasting by keyboard and mouse. What changes is told to the editor, which sends it.
//
// The cell in use can be written in itself, so that every input method composes in it as in any text. Three modes: "move" (keys move),
// "type" (what was typed replaces the cell; arrows end it), "edit" (arrows move inside the cell).

export class Grid {
  constructor(table, editor) {
    this.table = table
    this.editor = editor
    this.file = table.dataset.file
    this.path = JSON.parse(table.dataset.path)
    this.active = [0, 0]
    this.anchor = [0, 0]
    this.mode = "move"
    this.before = ""
    this.selected = []
    this.marked = []
    this.lay_out()
    const first = this.cell(0, 0)
    if (first) first.tabIndex = 0
    for (const name of ["mousedown", "mousemove", "dblclick", "keydown", "input", "copy", "cut", "paste", "focusin", "focusout"]) {
      table.tBodies[0].addEventListener(name, event => this[name](event))
    }
    table.parentElement.querySelector(".grid-buttons").addEventListener("click", event => {
      const what = event.target.dataset?.do
      if (what) this.rows_do(what)
    })
  }

  // Each column is as wide as its widest text. The widths are worked out here and said to the style sheet, so that each row is laid out by itself
  // and only when somebody sees it: a browser that works them out itself lays out all rows, anew with every key.
  lay_out() {
    this.pen = document.createElement("canvas").getContext("2d")
    const [head, ...heads] = this.table.tHead.rows[0].cells
    const style = getComputedStyle(head)
    this.room = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + 3
    this.font = style.font
    this.widths = heads.map(cell => Math.max(...cell.innerText.split("\n").map(line => this.width(line))))
    this.pen.font = this.font = getComputedStyle(this.table).font
    const texts = heads.map(() => new Set())
    for (const row of this.table.tBodies[0].rows) {
      let at = -1
      for (const cell of row.children) {
        if (at >= 0) texts[at].add(cell.textContent)
        at++
      }
    }
    texts.forEach((some, at) => { for (const text of some) this.widths[at] = Math.max(this.widths[at], this.width(text)) })
    this.widen()
    this.table.classList.add("drawn")
  }

  width(text) {
    this.pen.font = this.font
    return Math.min(Math.max(Math.ceil(this.pen.measureText(text).width + this.room), NARROW), WIDE)
  }

  widen() {
    this.table.style.setProperty("--columns", this.widths.map(width => `${width}px`).join(" "))
    this.table.style.setProperty("--width", `${this.widths.reduce((sum, width) => sum + width, 0)}px`)
  }

  fit(column, text) {
    const width = this.width(text)
    if (width <= this.widths[column]) return
    this.widths[column] = width
    this.widen()
  }

  // ---- places

  get rows() { return this.table.tBodies[0].rows.length }
  get columns() { return this.table.tHead.rows[0].cells.length - 1 }
  cell(row, column) { return this.table.tBodies[0].rows[row]?.cells[column + 1] }
  place(cell) { return [cell.parentElement.sectionRowIndex, cell.cellIndex - 1] }
  text(row, column) { return this.cell(row, column).textContent }

  range() {
    const [a, b] = [this.active, this.anchor]
    return {top: Math.min(a[0], b[0]), bottom: Math.max(a[0], b[0]), left: Math.min(a[1], b[1]), right: Math.max(a[1], b[1])}
  }

  go(row, column, extend = false) {
    if (!this.rows) return
    row = Math.max(0, Math.min(row, this.rows - 1))
    column = Math.max(0, Math.min(column, this.columns - 1))
    const old = this.cell(...this.active)
    if (old) {
      old.removeAttribute("tabindex")
      old.removeAttribute("contenteditable")
    }
    this.active = [row, column]
    if (!extend) this.anchor = [row, column]
    const cell = this.cell(row, column)
    cell.tabIndex = 0
    cell.setAttribute("contenteditable", "plaintext-only")
    cell.focus()
    this.mode = "move"
    this.before = cell.textContent
    getSelection().selectAllChildren(cell)
    this.show()
  }

  show() {
    for (const cell of this.selected) cell.removeAttribute("aria-selected")
    this.selected = []
    const {top, bottom, left, right} = this.range()
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) this.selected.push(this.cell(row, column))
    }
    for (const cell of this.selected) cell.setAttribute("aria-selected", "true")
  }

  // ---- writing in a cell

  input() {
    if (this.mode === "move") this.mode = "type"
    const [row, column] = this.active
    this.editor.preview(this.change([{row, column, text: this.text(row, column)}]))
  }

  edit() {
    this.mode = "edit"
    const selection = getSelection()
    selection.selectAllChildren(this.cell(...this.active))
    selection.collapseToEnd()
  }

  commit() {
    const cell = this.cell(...this.active)
    if (this.mode === "move" || !cell) return
    this.mode = "move"
    const text = cell.textContent.replace(/\s+/g, " ").trim()
    cell.textContent = text
    if (text === this.before) return this.editor.settle()
    this.before = text
    const [row, column] = this.active
    this.fit(column, text)
    this.editor.edit(this.change([{row, column, text}]))
  }

  cancel() {
    this.mode = "move"
    this.cell(...this.active).textContent = this.before
    getSelection().selectAllChildren(this.cell(...this.active))
    this.editor.settle()
  }

  change(cells) { return {do: "cells", file: this.file, path: this.path, cells} }

  // ---- events

  mousedown(event) {
    const cell = event.target.closest("td")
    if (!cell) return
    const [row, column] = this.place(cell)
    if (this.mode !== "move" && row === this.active[0] && column === this.active[1]) return
    event.preventDefault()
    this.commit()
    this.go(row, column, event.shiftKey)
  }

  mousemove(event) {
    const cell = event.buttons === 1 && this.mode === "move" ? event.target.closest("td") : null
    if (!cell || !this.table.contains(document.activeElement)) return
    const [row, column] = this.place(cell)
    if (row !== this.active[0] || column !== this.active[1]) this.go(row, column, true)
  }

  dblclick(event) {
    if (event.target.closest("td")) this.edit()
  }

  focusin(event) {
    const cell = event.target.closest("td")
    if (cell && !cell.isContentEditable) this.go(...this.place(cell))
  }

  focusout(event) {
    if (!this.table.contains(event.relatedTarget)) this.commit()
  }

  keydown(event) {
    if (event.isComposing || event.keyCode === 229) return
    const done = this.key(event)
    if (done) event.preventDefault()
  }

  key(event) {
    const [row, column] = this.active
    const key = event.key
    if (event.altKey) return this.row_key(key)
    if (event.ctrlKey || event.metaKey) return this.control_key(event, key.toLowerCase())
    if (this.mode !== "move") {
      if (key === "Escape") return this.cancel(), true
      if (key === "Enter") return this.commit(), this.go(row + (event.shiftKey ? -1 : 1), column), true
      if (key === "Tab") return this.commit(), this.go(row, column + (event.shiftKey ? -1 : 1)), true
      const step = this.mode === "type" ? STEPS[key] : undefined
      if (step) return this.commit(), this.go(row + step[0], column + step[1]), true
      return false
    }
    if (STEPS[key]) return this.go(row + STEPS[key][0], column + STEPS[key][1], event.shiftKey), true
    if (key === "Home") return this.go(row, 0, event.shiftKey), true
    if (key === "End") return this.go(row, this.columns - 1, event.shiftKey), true
    if (key === "PageUp" || key === "PageDown") return this.go(row + (key === "PageUp" ? -20 : 20), column, event.shiftKey), true
    if (key === "Enter") return this.go(row + (event.shiftKey ? -1 : 1), column), true
    if (key === "F2") return this.edit(), true
    if (key === "Delete" || key === "Backspace") return this.fill(""), true
    return false
  }

  control_key(event, key) {
    const [row, column] = this.active
    if (key === "z" || key === "y") {
      event.stopPropagation()
      if (this.mode !== "move") this.cancel()
      else if (key === "y" || event.shiftKey) this.editor.redo()
      else this.editor.undo()
      return true
    }
    if (this.mode !== "move") return false
    if (key === "a") return (this.anchor = [0, 0]), this.go(this.rows - 1, this.columns - 1, true), true
    if (key === "home") return this.go(0, 0, event.shiftKey), true
    if (key === "end") return this.go(this.rows - 1, this.columns - 1, event.shiftKey), true
    const step = STEPS[event.key]
    if (step) return this.go(row + step[0] * this.rows, column + step[1] * this.columns, event.shiftKey), true
    return false
  }

  row_key(key) {
    const what = {Enter: "below", Delete: "drop", Backspace: "drop", ArrowUp: "up", ArrowDown: "down"}[key]
    if (!what) return false
    this.commit()
    this.rows_do(what)
    return true
  }

  rows_do(what) {
    const {top, bottom} = this.range()
    const [count, column] = [bottom - top + 1, this.active[1]]
    const about = {file: this.file, path: this.path}
    if (what === "below") this.editor.restructure({do: "add", ...about, at: this.rows ? bottom + 1 : 0, rows: [this.new_row()]}, [bottom + 1, column])
    if (what === "drop" && this.rows) this.editor.restructure({do: "drop", ...about, first: top, count}, [top, column])
    if (what === "up" && top > 0) this.editor.restructure({do: "move", ...about, first: top, count, by: -1}, [top - 1, column])
    if (what === "down" && bottom < this.rows - 1) this.editor.restructure({do: "move", ...about, first: top, count, by: 1}, [top + 1, column])
  }

  new_row() {
    const heads = [...this.table.tHead.rows[0].cells].slice(1).map(cell => cell.dataset.name)
    const used = new Set([...this.table.tBodies[0].rows].map(row => row.cells[1].textContent))
    let number = 1
    while (used.has(`new-${number}`)) number++
    return heads.map((head, at) => (at === 0 && head.toLowerCase() === "id" ? `new-${number}` : at < this.table.dataset.inputs ? "-" : ""))
  }

  // ---- copying and pasting

  copy(event) {
    if (this.mode !== "move") return
    const {top, bottom, left, right} = this.range()
    const lines = []
    for (let row = top; row <= bottom; row++) {
      const cells = []
      for (let column = left; column <= right; column++) cells.push(quoted(this.text(row, column)))
      lines.push(cells.join("\t"))
    }
    event.clipboardData.setData("text/plain", lines.join("\n"))
    event.preventDefault()
  }

  cut(event) {
    if (this.mode !== "move") return
    this.copy(event)
    this.fill("")
  }

  fill(text) {
    const {top, bottom, left, right} = this.range()
    const cells = []
    for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) cells.push({row, column, text})
    this.write(cells)
  }

  paste(event) {
    const given = event.clipboardData.getData("text/plain")
    event.preventDefault()
    if (this.mode !== "move") {
      document.execCommand("insertText", false, given.replace(/\s+/g, " "))
      return
    }
    const rows = cells_of(given)
    if (!rows.length) return
    if (rows.length === 1 && rows[0].length === 1) return this.fill(rows[0][0])
    const {top, left} = this.range()
    const width = Math.max(...rows.map(row => row.length))
    if (left + width > this.columns) return this.editor.refuse("too wide")
    const cells = rows.flatMap((texts, down) => texts.map((text, right) => ({row: top + down, column: left + right, text})))
    this.anchor = [top, left]
    this.write(cells)
    const [bottom, right] = [Math.min(top + rows.length, this.rows) - 1, left + width - 1]
    this.anchor = [bottom, right]
    this.go(top, left, true)
  }

  write(cells) {
    const known = cells.filter(one => one.row < this.rows)
    for (const one of known) {
      this.cell(one.row, one.column).textContent = one.text
      this.fit(one.column, one.text)
    }
    this.before = this.text(...this.active)
    getSelection().selectAllChildren(this.cell(...this.active))
    if (known.length === cells.length) this.editor.edit(this.change(cells))
    else this.editor.restructure(this.change(cells), this.active)
  }

  // ---- what the editor shows in it

  mark(marks) {
    for (const one of this.marked) {
      one.classList.remove("error", "warning")
      one.removeAttribute("title")
      one.removeAttribute("aria-description")
      one.removeAttribute("aria-invalid")
    }
    this.marked = []
    for (const mark of marks) {
      const row = mark.row === null ? null : mark.row < 0 ? this.table.tHead.rows[0] : this.table.tBodies[0].rows[mark.row]
      const places = (row ? [row, mark.cell === null ? row.cells[0] : row.cells[mark.cell + 1]] : [this.table]).filter(Boolean)
      for (const place of places) place.classList.add(mark.severity)
      this.marked.push(...places)
      const last = places[places.length - 1]
      if (last !== this.table) {
        last.title = mark.message
        last.setAttribute("aria-description", mark.message)
        if (last.tagName === "TD") last.setAttribute("aria-invalid", "true")
      }
    }
  }

  light(hits) {
    const outputs = [...this.table.querySelectorAll("th.output")].map(head => head.dataset.name)
    this.table.classList.toggle("lit", hits.length > 0)
    const by_rule = new Map(hits.filter(hit => outputs.includes(hit.decision)).map(hit => [hit.rule, hit]))
    for (const row of this.table.tBodies[0].rows) {
      row.classList.remove("met", "maybe", "missed")
      row.cells[0].querySelector(".miss")?.remove()
      const hit = by_rule.get(row.dataset.id)
      if (!hit) continue
      row.classList.add(hit.state)
      if (hit.text) {
        const text = document.createElement("span")
        text.className = "miss"
        text.textContent = hit.text.replaceAll("`", "")
        row.cells[0].append(text)
      }
    }
  }
}

const [NARROW, WIDE] = [36, 480]
const STEPS = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}

function quoted(text) {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

// Excel puts cells that hold a tab, a quote or a line end between quotes, with quotes doubled.
export function cells_of(text) {
  const rows = [[]]
  let at = 0
  text = text.replace(/\r\n?/g, "\n").replace(/\n$/, "")
  if (!text) return []
  while (at <= text.length) {
    let cell
    const closing = text[at] === '"' ? /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(text.slice(at)) : null
    if (closing) {
      cell = closing[1].replaceAll('""', '"')
      at += closing[0].length
    } else {
      const end = /[\t\n]|$/.exec(text.slice(at)).index
      cell = text.slice(at, at + end)
      at += end
    }
    rows[rows.length - 1].push(cell.replace(/\s+/g, " ").trim())
    if (text[at] === "\n") rows.push([])
    at++
  }
  return rows
}
