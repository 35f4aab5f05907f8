// Sorting of tables: every heading of a column becomes a button. Totals stay at the foot.
(() => {
  "use strict";

  const words = new Intl.Collator("nl", { numeric: true });

  function key(row, column) {
    const cell = row.cells[column];
    const value = cell.dataset.value;
    return { text: cell.textContent.trim(), number: value === undefined ? null : Number(value) };
  }

  // Numbers before words; what is hidden comes last, whichever way the table is sorted.
  function compare(a, b, direction) {
    if (a.number !== null && b.number !== null) return direction * (a.number - b.number);
    if (a.number !== null) return -1;
    if (b.number !== null) return 1;
    return direction * words.compare(a.text, b.text);
  }

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => ({ row, key: key(row, column) }));
    keyed.sort((a, b) => compare(a.key, b.key, direction));
    body.append(...keyed.map((entry) => entry.row));
  }

  function mark(table, heading, direction) {
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  function enhance(table) {
    for (const heading of table.tHead.querySelectorAll("th[data-column]")) {
      const column = Number(heading.dataset.column);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        sort(table, column, direction);
        mark(table, heading, direction);
      });
    }
  }

  document.querySelectorAll("table[data-sortable]").forEach(enhance);
})();
