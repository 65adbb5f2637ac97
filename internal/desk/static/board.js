// The brush of the timeline: two sliders, or a stretch that is drawn over it, choose days; claims, places and events that speak
// of other days go. What has no date stays, and is counted.

import { say } from "./desk.js";

const strip = document.getElementById("brush");
if (strip) {
	const [from, to] = ["brush-from", "brush-to"].map((id) => document.getElementById(id));
	const output = document.getElementById("brushed");
	const all = document.getElementById("brush-all");
	const svg = strip.querySelector("svg");
	const [first, last, left, width] = ["from", "to", "left", "width"].map((k) => Number(strip.dataset[k]));
	const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });
	const words = (n) => day.format(new Date(n * 86400000));
	const shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
	shade.setAttribute("class", "shade");
	shade.setAttribute("y", "0");
	shade.setAttribute("height", "100%");
	svg.prepend(shade);

	/** meets reports whether days written as "from:to from:to" meet the chosen ones; what has no date always does. */
	function meets(when, a, b) {
		return !when || when.split(" ").some((w) => {
			const [f, t] = w.split(":");
			return (f === "" || Number(f) <= b) && (t === "" || Number(t) >= a);
		});
	}

	function show() {
		const a = Number(from.value), b = Number(to.value);
		const whole = a <= first && b >= last;
		const count = {};
		for (const [name, selector] of [["claims", ".claimrow"], ["places", ".where .rows > li"], ["marks", ".where g.where"], ["events", "g.event, .events > li"]]) {
			const list = [...document.querySelectorAll(selector)];
			for (const e of list) e.toggleAttribute("data-out", !whole && !meets(e.dataset.when, a, b));
			count[name] = [list.filter((e) => !e.hasAttribute("data-out")).length, list.length];
		}
		for (const [input, n] of [[from, a], [to, b]]) input.setAttribute("aria-valuetext", words(n));
		output.textContent = whole ? say("brush.whole", words(first), words(last)) : say("brush.part", words(a), words(b), ...count.claims, ...count.places);
		all.hidden = whole;
		shade.setAttribute("x", whole ? 0 : left + (a - first) / (last - first) * width);
		shade.setAttribute("width", whole ? 0 : Math.max(2, (b - a) / (last - first) * width));
	}
	from.addEventListener("input", () => {
		if (Number(to.value) < Number(from.value)) to.value = from.value;
		show();
	});
	to.addEventListener("input", () => {
		if (Number(from.value) > Number(to.value)) from.value = to.value;
		show();
	});
	all.addEventListener("click", () => {
		from.value = first;
		to.value = last;
		show();
		from.focus();
	});

	/** dayAt is the day under the pointer. */
	function dayAt(e) {
		const box = svg.getBoundingClientRect();
		const x = (e.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
		return Math.min(last, Math.max(first, Math.round(first + (x - left) / width * (last - first))));
	}
	let start = null;
	svg.addEventListener("pointerdown", (e) => {
		if (e.pointerType === "touch" || e.button !== 0) return; // a finger scrolls; the sliders are for it
		start = dayAt(e);
		svg.setPointerCapture(e.pointerId);
		e.preventDefault();
	});
	svg.addEventListener("pointermove", (e) => {
		if (start === null) return;
		const at = dayAt(e);
		from.value = Math.min(start, at);
		to.value = Math.max(start, at);
		show();
	});
	svg.addEventListener("pointerup", () => {
		if (start !== null && from.value === to.value) all.click();
		start = null;
	});
	document.querySelector(".brush").hidden = false;
	show();
}
