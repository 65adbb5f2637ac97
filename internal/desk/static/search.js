// Ctrl-K on every page: type, choose with the arrow keys, go.

import { ask, onKey, say } from "./desk.js";

const dialog = document.getElementById("find");
const input = document.getElementById("find-words");
const list = document.getElementById("find-hits");
const count = document.getElementById("find-count");
let asked = 0;
let chosen = -1;
let pause = 0;

function open() {
	dialog.showModal();
	input.select();
}

function choose(i) {
	const options = [...list.querySelectorAll("[role=option]")];
	if (!options.length) return;
	options[chosen]?.setAttribute("aria-selected", "false");
	chosen = (i + options.length) % options.length;
	options[chosen].setAttribute("aria-selected", "true");
	options[chosen].scrollIntoView({ block: "nearest" });
	input.setAttribute("aria-activedescendant", options[chosen].id);
}

function show(groups) {
	list.replaceChildren();
	chosen = -1;
	input.removeAttribute("aria-activedescendant");
	let n = 0;
	for (const group of groups) {
		for (const hit of group.hits.slice(0, 6)) {
			const option = document.createElement("li");
			option.id = `find-${n++}`;
			option.setAttribute("role", "option");
			option.setAttribute("aria-selected", "false");
			option.dataset.path = hit.path;
			const kind = document.createElement("small");
			kind.textContent = dialog.dataset[group.kind];
			const title = document.createElement("span");
			title.dir = "auto";
			title.textContent = hit.title;
			option.append(kind, " ", title);
			const where = hit.text?.pieces;
			if (where) option.append(excerpt(where));
			list.append(option);
		}
	}
	input.setAttribute("aria-expanded", String(n > 0));
	count.textContent = n ? say("found", n) : dialog.dataset.none;
}

/** excerpt shows where a text holds what was asked for. */
function excerpt(pieces) {
	const out = document.createElement("small");
	out.className = "excerpt";
	out.dir = "auto";
	for (const p of pieces) {
		const part = document.createElement(p.hit ? "mark" : "span");
		part.textContent = p.text;
		out.append(part);
	}
	return out;
}

async function find() {
	const mine = ++asked;
	const words = input.value.trim();
	if (!words) {
		show([]);
		count.textContent = "";
		return;
	}
	try {
		const answer = await ask("GET", `/api/search?q=${encodeURIComponent(words)}`);
		if (mine === asked) show(answer.groups);
	} catch (problem) {
		if (mine === asked) count.textContent = problem.detail;
	}
}

input.addEventListener("input", () => {
	clearTimeout(pause);
	pause = setTimeout(find, 150);
});

input.addEventListener("keydown", (e) => {
	if (e.key === "ArrowDown" || e.key === "ArrowUp") {
		e.preventDefault();
		choose(chosen + (e.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
	} else if (e.key === "Enter") {
		e.preventDefault();
		const option = list.querySelector("[aria-selected=true]");
		location.assign(option ? option.dataset.path : `/search?q=${encodeURIComponent(input.value.trim())}`);
	}
});

list.addEventListener("click", (e) => {
	const option = e.target.closest("[role=option]");
	if (option) location.assign(option.dataset.path);
});

document.addEventListener("keydown", (e) => {
	if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) {
		e.preventDefault();
		open();
	}
});
onKey("/", open);
document.getElementById("find-open").addEventListener("click", (e) => {
	e.preventDefault(); // without scripts the link leads to the page of the search
	open();
});
