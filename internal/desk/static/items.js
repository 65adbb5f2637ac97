// The list of items: "more" adds to what is there, and what was chosen is filed, marked, noted or compared at once.

import { ask, count, decide, follow, onKey, say, tell } from "./desk.js";

const list = document.getElementById("items");
const bulk = document.getElementById("bulk");

// More: without this the link leads to the page that follows.
const more = document.getElementById("more");
more?.addEventListener("click", async (e) => {
	if (e.ctrlKey || e.metaKey || e.shiftKey) return;
	e.preventDefault();
	if (more.getAttribute("aria-busy") === "true") return;
	more.setAttribute("aria-busy", "true");
	try {
		const answer = await fetch(more.href, { headers: { Accept: "text/html" } });
		if (!answer.ok) throw new Error(answer.statusText);
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const there = new Set([...list.children].map((li) => li.dataset.item));
		const added = [...page.querySelectorAll("#items > li")].filter((li) => !there.has(li.dataset.item));
		list.append(...added);
		const next = page.getElementById("more");
		const shown = document.getElementById("shown");
		if (next) {
			more.href = next.href;
			shown.textContent = page.getElementById("shown").textContent;
		} else {
			shown.textContent = say("items.allshown", list.children.length);
			more.hidden = true;
		}
		added[0]?.querySelector("a")?.focus();
		choose();
	} catch {
		tell(say("offline"), true);
	}
	more.removeAttribute("aria-busy");
});
onKey("m", () => more && !more.hidden && more.click());

const chosen = () => [...list.querySelectorAll("li:has(.pick:checked)")];

/** choose shows what can be done with what is chosen. */
function choose() {
	if (!bulk) return;
	const n = chosen().length;
	bulk.hidden = n === 0;
	document.getElementById("chosen").textContent = n ? count("bulk.chosen", n) : "";
}

let last = null; // the box that was set last: with Shift all from there on
list?.addEventListener("click", (e) => {
	const box = e.target.closest(".pick");
	if (!box) return;
	const all = [...list.querySelectorAll(".pick")];
	if (e.shiftKey && last) {
		const [a, b] = [all.indexOf(last), all.indexOf(box)].sort((x, y) => x - y);
		for (const other of all.slice(a, b + 1)) other.checked = box.checked;
	}
	last = box;
	choose();
});
onKey("x", () => {
	const box = document.activeElement?.closest("#items > li")?.querySelector(".pick");
	if (box) box.click();
});
choose(); // what the browser kept checked

const said = document.getElementById("bulk-said");

/** each does something with every chosen item, one after the other, and says how far it came. */
async function each(key, act) {
	const items = chosen();
	const buttons = [...bulk.querySelectorAll("button")];
	for (const b of buttons) b.disabled = true;
	let done = 0;
	let wrong = "";
	for (const li of items) {
		said.textContent = say("bulk.going", done, items.length);
		try {
			await act(li);
			done++;
			li.querySelector(".pick").checked = false;
		} catch (problem) {
			wrong = problem?.detail ?? say("broken");
			break; // what is left stays chosen
		}
	}
	for (const b of buttons) b.disabled = false;
	choose();
	const text = [count(key, done), wrong && say("bulk.left", items.length - done, wrong)].filter(Boolean).join(" ");
	said.textContent = text;
	tell(text, wrong !== "");
	return done;
}

const place = document.getElementById("bulk-case");
document.getElementById("bulk-file")?.addEventListener("click", async () => {
	const option = place.selectedOptions[0];
	const done = await each("bulk.filed", async (li) => {
		await decide({ on: `case/${option.value}`, do: "file", base: option.dataset.base, with: { what: `item/${li.dataset.item}`, credibility: 6 } });
		option.dataset.base = Number(option.dataset.base) + 1;
	});
	if (done) {
		const a = document.createElement("a");
		a.href = `/cases/${option.value}`;
		a.textContent = option.textContent;
		said.append(" ", a);
		bulk.hidden = false;
	}
});

/** onItem records a decision on an item. */
async function onItem(li, d) {
	await decide({ on: `item/${li.dataset.item}`, base: li.dataset.base, ...d });
	li.dataset.base = Number(li.dataset.base) + 1;
}
document.getElementById("bulk-graphic")?.addEventListener("click", () => each("bulk.marked", async (li) => {
	await onItem(li, { do: "show", with: { graphic: true } });
	li.querySelector(".thumb")?.classList.add("veiled");
}));

const note = document.getElementById("note");
document.getElementById("bulk-note")?.addEventListener("click", () => note.showModal());
note?.querySelector("[data-cancel]").addEventListener("click", () => note.close());
note?.addEventListener("close", () => {
	const text = note.querySelector("textarea");
	if (note.returnValue === "yes" && text.value.trim()) each("bulk.noted", (li) => onItem(li, { do: "note", with: { text: text.value.trim() } }));
	note.returnValue = "";
	text.value = "";
});

document.getElementById("bulk-check")?.addEventListener("click", async () => {
	let found = 0;
	const done = await each("bulk.compared", async (li) => {
		const job = await ask("POST", `/api/items/${li.dataset.item}/check`);
		const end = await follow(job.id, () => {});
		if (end.state !== "done") throw { detail: end.note || end.state };
		found += end.rows.reduce((n, r) => n + (r.reuses ?? 0), 0);
	});
	if (!done) return;
	const a = document.createElement("a");
	a.href = "/reuse";
	a.textContent = count("bulk.found", found);
	said.append(" ", a);
	bulk.hidden = false;
});
document.getElementById("bulk-none")?.addEventListener("click", () => {
	for (const box of list.querySelectorAll(".pick:checked")) box.checked = false;
	said.textContent = "";
	choose();
});
