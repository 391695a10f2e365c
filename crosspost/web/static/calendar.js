// Dragging a line of the calendar to a day or a free time leads to the same page as its link "Move".
"use strict";
let dragged = null;
const target = (event) => dragged && event.target.closest("[data-at], [data-day]");
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-move]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.move);
});
document.addEventListener("dragover", (event) => {
  const over = target(event);
  document.querySelectorAll(".over").forEach((one) => one !== over && one.classList.remove("over"));
  if (!over) return;
  event.preventDefault();
  over.classList.add("over");
});
document.addEventListener("drop", (event) => {
  const over = target(event);
  if (!over) return;
  event.preventDefault();
  const at = over.dataset.at || `${over.dataset.day}T${dragged.dataset.clock}`;
  const address = new URL(dragged.dataset.move, location.href);
  address.searchParams.set("at", at);
  location.assign(address);
});
document.addEventListener("dragend", () => {
  document.querySelectorAll(".over").forEach((one) => one.classList.remove("over"));
  dragged = null;
});
