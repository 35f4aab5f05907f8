// Copying of tables: as HTML for a text processor and as tab-separated text for a spreadsheet.
(() => {
  "use strict";

  const status = document.getElementById("melding");

  // A message is said again only if the text changes, so it is emptied first.
  function say(message) {
    status.textContent = "";
    window.setTimeout(() => {
      status.textContent = message;
    }, 50);
  }

  function plainCopy(table) {
    const copy = table.cloneNode(true);
    for (const button of copy.querySelectorAll("button")) button.replaceWith(...button.childNodes);
    for (const element of [copy, ...copy.querySelectorAll("*")]) {
      for (const name of element.getAttributeNames()) {
        if (!["colspan", "rowspan", "scope"].includes(name)) element.removeAttribute(name);
      }
    }
    return copy;
  }

  // Cells in rows and columns, with spans filled in, so that columns stay below each other.
  function grid(table) {
    const lines = Array.from(table.rows, () => []);
    Array.from(table.rows).forEach((row, y) => {
      let x = 0;
      for (const cell of row.cells) {
        while (lines[y][x] !== undefined) x += 1;
        for (let dy = 0; dy < cell.rowSpan; dy += 1) {
          for (let dx = 0; dx < cell.colSpan; dx += 1) {
            lines[y + dy][x + dx] = dy === 0 && dx === 0 ? cell.textContent.trim() : "";
          }
        }
        x += cell.colSpan;
      }
    });
    return lines.map((line) => line.join("\t")).join("\n");
  }

  async function copy(table) {
    const caption = table.caption.textContent.trim();
    const notes = Array.from(table.closest(".table-block").querySelectorAll(".notes li"), (li) => li.textContent);
    const html = plainCopy(table).outerHTML + notes.map((note) => `<p>${escapeText(note)}</p>`).join("");
    const text = [caption, grid(table), ...notes].join("\n");
    const item = new ClipboardItem({
      "text/html": new Blob([html], { type: "text/html" }),
      "text/plain": new Blob([text], { type: "text/plain" }),
    });
    await navigator.clipboard.write([item]);
  }

  function escapeText(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard || !window.ClipboardItem) continue;
    const table = document.getElementById(button.dataset.copy);
    const label = button.firstChild;
    const words = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await copy(table);
        label.textContent = "Gekopieerd";
        say("De tabel is gekopieerd.");
      } catch {
        label.textContent = "Kopiëren lukte niet";
        say("Kopiëren lukte niet: de browser staat het niet toe.");
      }
      window.setTimeout(() => {
        label.textContent = words;
      }, 2500);
    });
  }
})();
