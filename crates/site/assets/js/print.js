// On paper nothing can be opened: the first table of each result is opened for printing.
(() => {
  "use strict";

  let opened = [];

  window.addEventListener("beforeprint", () => {
    const first = Array.from(document.querySelectorAll(".result"), (result) => result.querySelector("details"));
    opened = first.filter((details) => details !== null && !details.open);
    for (const details of opened) details.open = true;
  });

  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
})();
