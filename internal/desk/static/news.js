// What others decide on what this page shows is said here, with a button that shows it. Nothing that somebody types is overwritten:
// it is kept over the loading of the page.

import { ask, count, say } from "./desk.js";

let since = Number(document.body.dataset.since);
const shown = [];
let bar = null;
let wait = 4000;

function tellOf({ actor, said }) {
	return say("news", actor, said);
}

function paint() {
	if (!bar) {
		bar = document.createElement("div");
		bar.className = "note news";
		const text = document.createElement("span");
		text.setAttribute("role", "status");
		const button = document.createElement("button");
		button.type = "button";
		button.className = "quiet";
		button.textContent = say("news.show");
		button.addEventListener("click", () => {
			keepTyped();
			location.reload();
		});
		bar.append(text, " ", button);
		document.getElementById("main").prepend(bar);
	}
	const last = shown.slice(-2).map(tellOf);
	if (shown.length > 2) last.unshift(count("news.more", shown.length - 2));
	bar.firstChild.textContent = last.join(" ");
}

async function look() {
	if (document.visibilityState === "visible") {
		try {
			const answer = await ask("GET", `/api/news?since=${since}&at=${encodeURIComponent(location.pathname)}`);
			since = answer.since;
			wait = 4000;
			if (answer.news.length) {
				shown.push(...answer.news);
				paint();
			}
		} catch (problem) {
			if (problem.status === 401 || problem.status === 403) return;
			wait = Math.min(wait * 2, 120000);
		}
	}
	setTimeout(look, wait);
}

// What is typed in forms, by what the form does and the name of the field.
const store = `beleg.typed ${location.pathname}`;

function* fields() {
	const n = new Map();
	for (const form of document.querySelectorAll("main form")) {
		for (const field of form.elements) {
			if (!field.name || ["password", "file", "hidden"].includes(field.type)) continue;
			const key = [form.id, form.dataset.subject, form.dataset.do, form.dataset.post, form.dataset.with, field.name, field.type === "radio" ? field.value : ""].join(" ");
			n.set(key, (n.get(key) ?? 0) + 1);
			yield [`${key} ${n.get(key)}`, field];
		}
	}
}

const changed = (f) => (f.type === "checkbox" || f.type === "radio" ? f.checked !== f.defaultChecked : f.tagName === "SELECT" ? [...f.options].some((o) => o.selected !== o.defaultSelected) : f.value !== f.defaultValue);

function keepTyped() {
	const typed = [];
	for (const [key, f] of fields()) if (changed(f)) typed.push([key, f.type === "checkbox" || f.type === "radio" ? f.checked : f.value]);
	if (typed.length) sessionStorage.setItem(store, JSON.stringify(typed));
}

function bringBack() {
	const typed = new Map(JSON.parse(sessionStorage.getItem(store) ?? "[]"));
	sessionStorage.removeItem(store);
	if (!typed.size) return;
	for (const [key, f] of fields()) {
		if (!typed.has(key)) continue;
		if (f.type === "checkbox" || f.type === "radio") f.checked = typed.get(key);
		else f.value = typed.get(key);
		f.closest("details")?.setAttribute("open", "");
	}
}

bringBack();
setTimeout(look, wait);
