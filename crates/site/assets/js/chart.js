// Explanations at the marks of charts: for a pointer, and for the keyboard with the arrow keys.
// The group around the chart keeps the focus; the mark in turn is outlined and read out.
(() => {
  "use strict";

  const status = document.getElementById("melding");
  const forward = ["ArrowRight", "ArrowDown"];
  const backward = ["ArrowLeft", "ArrowUp"];

  function enhance(figure) {
    const group = figure.querySelector(".chart-scroll");
    const marks = Array.from(figure.querySelectorAll("[data-tip]"));
    if (marks.length === 0) return;
    const tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.hidden = true;
    const hint = document.createElement("p");
    hint.className = "chart-hint";
    hint.id = `${figure.querySelector("svg title").id}-toetsen`;
    group.setAttribute("aria-describedby", hint.id);
    figure.append(tip, hint);
    let active = null;

    function explain() {
      const isCut = group.scrollWidth > group.clientWidth + 1;
      const scroll = isCut ? "Schuif de grafiek opzij om alles te zien. " : "";
      hint.textContent = `${scroll}Wijs een onderdeel aan, of gebruik de pijltjestoetsen. Esc sluit de uitleg.`;
    }

    function hide() {
      tip.hidden = true;
      if (active !== null) active.classList.remove("is-active");
      active = null;
    }

    function show(mark, spoken) {
      hide();
      active = mark;
      mark.classList.add("is-active");
      tip.textContent = mark.dataset.tip;
      tip.hidden = false;
      place(mark);
      if (spoken) status.textContent = mark.dataset.tip;
    }

    // Above the mark where there is room, else below it; never outside the figure.
    function place(mark) {
      const outer = figure.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      const middle = box.left + box.width / 2 - outer.left;
      const left = Math.max(4, Math.min(middle - tip.offsetWidth / 2, outer.width - tip.offsetWidth - 4));
      const above = box.top - outer.top - tip.offsetHeight - 6;
      tip.style.left = `${left}px`;
      tip.style.top = `${above >= 0 ? above : box.bottom - outer.top + 6}px`;
    }

    // Scrolls the group alone, so that the page stays where it is.
    function bringIntoView(mark) {
      const outer = group.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      if (box.left < outer.left || box.right > outer.right) {
        group.scrollLeft += box.left + box.width / 2 - (outer.left + outer.width / 2);
      }
    }

    function step(by) {
      const from = active === null ? (by > 0 ? -1 : 0) : marks.indexOf(active);
      const mark = marks[(from + by + marks.length) % marks.length];
      bringIntoView(mark);
      show(mark, true);
    }

    explain();
    window.addEventListener("resize", explain);
    for (const mark of marks) {
      mark.addEventListener("pointerenter", () => show(mark, false));
      mark.addEventListener("click", () => show(mark, false));
    }
    figure.addEventListener("pointerleave", hide);
    group.addEventListener("blur", hide);
    group.addEventListener("keydown", (event) => {
      if (forward.includes(event.key)) step(1);
      else if (backward.includes(event.key)) step(-1);
      else if (event.key === "Home") { hide(); step(1); }
      else if (event.key === "End") { hide(); step(-1); }
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
    });
  }

  document.querySelectorAll("[data-chart]").forEach(enhance);
})();
