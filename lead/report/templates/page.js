"use strict";
const LEAD_IN = 1.5; // s before an infraction from which its video plays

function video(id) {
  const element = document.getElementById("v-" + id);
  if (!element || element.src) return element;
  const held = document.getElementById("clip-" + id);
  if (held) {
    const bytes = Uint8Array.from(atob(held.textContent.trim()), (letter) => letter.charCodeAt(0));
    element.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  } else {
    element.src = element.dataset.href;
  }
  return element;
}

function show(id, time) {
  const chosen = document.getElementById("v-" + id);
  if (!chosen) return;
  const row = chosen.closest("tr");
  row.hidden = false;
  document.querySelectorAll(`[data-open="${row.id}"]`).forEach((button) => button.setAttribute("aria-expanded", "true"));
  row.querySelectorAll("video").forEach((other) => video(other.id.slice(2)));
  if (time !== null) {
    const seek = () => { chosen.currentTime = Math.max(0, time - LEAD_IN); };
    if (chosen.readyState >= 1) seek(); else chosen.addEventListener("loadedmetadata", seek, { once: true });
    chosen.play().catch(() => {});
  }
  chosen.closest("figure").scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.clip) show(button.dataset.clip, button.dataset.time ? Number(button.dataset.time) : null);
  if (button.dataset.open) {
    const row = document.getElementById(button.dataset.open);
    if (row.hidden) show(button.dataset.first, null);
    else {
      row.hidden = true;
      row.querySelectorAll("video").forEach((each) => each.pause());
      document.querySelectorAll(`[data-open="${row.id}"]`).forEach((each) => each.setAttribute("aria-expanded", "false"));
    }
  }
});

const type = document.getElementById("by-type"), state = document.getElementById("by-state");
function filter() {
  let shown = 0;
  document.querySelectorAll("tbody.route").forEach((block) => {
    const fits = (!type.value || block.dataset.types.split("|").includes(type.value)) &&
      (!state.value || block.dataset.state.split("|").includes(state.value));
    block.hidden = !fits;
    shown += fits;
  });
  document.getElementById("shown").textContent = `${shown} route${shown === 1 ? "" : "s"}`;
}
if (type) { type.addEventListener("change", filter); state.addEventListener("change", filter); }
