// The list of boxes is the control; the picture mirrors it. A tap on the picture ticks the box, a tick colours the picture.
for (const map of document.querySelectorAll("[data-bodymap]")) {
  const boxes = [...map.querySelectorAll("input[type=checkbox]")];
  const words = map.querySelector("[data-ticked]");
  const named = (box) => box.labels[0]?.textContent.trim() ?? box.value;
  const alone = (box) => !map.querySelector(`svg [data-region="${CSS.escape(box.value)}"]`) && box.value.match(/^(nowhere|skip|in_person)$/);
  const settle = (changed) => {  // "Nowhere just now" and a place cannot both be ticked
    if (changed.checked) for (const box of boxes) if (box !== changed && !alone(box) !== !alone(changed)) box.checked = false;
  };
  const draw = () => {
    for (const box of boxes)
      for (const shape of map.querySelectorAll(`[data-region="${CSS.escape(box.value)}"]`))
        shape.classList.toggle("on", box.checked);
    if (words) words.textContent = boxes.filter((box) => box.checked).map(named).join(", ") || "nothing yet";
  };
  map.addEventListener("change", (event) => { if (boxes.includes(event.target)) settle(event.target); draw(); });
  map.addEventListener("click", (event) => {
    const region = event.target.closest?.("svg [data-region]")?.dataset.region;
    const box = region && boxes.find((each) => each.value === region);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  draw();
}
