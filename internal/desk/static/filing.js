// Filing in a case from where one is, and finding evidence in a case: nobody types an id.
import { ask, decide, onKey, say, tell } from "./desk.js";
import { tellRecorded } from "./done.js";

const box = document.getElementById("filing");
const form = box.querySelector("form");
const f = form.elements;
const newCase = "+";
let opener = null;
let answer = null; // of /api/filing
let saving = false;

function option(value, words) {
	const o = document.createElement("option");
	o.value = value;
	o.textContent = words;
	return o;
}

function wrong(words) {
	const p = form.querySelector(".wrong");
	p.textContent = words ?? "";
	p.hidden = !words;
}

async function open(button) {
	opener = button;
	wrong("");
	try {
		answer = await ask("GET", `/api/filing?what=${encodeURIComponent(button.dataset.file)}`);
	} catch (problem) {
		return tell(problem.detail, true);
	}
	form.querySelector(".what").textContent = answer.name;
	f.case.replaceChildren(...answer.cases.map((c) => option(c.id, c.filed ? say("file.already", c.title) : c.title)), ...(answer.new ? [option(newCase, say("file.new"))] : []));
	if (!f.case.options.length) return tell(say("file.nowhere"), true);
	f.title.value = f.reason.value = f.side.value = "";
	box.showModal();
	f.case.focus();
	await caseChosen();
}

async function caseChosen() {
	const fresh = f.case.value === newCase;
	form.querySelector(".new").hidden = !fresh;
	f.title.required = fresh;
	f.side.value = fresh ? "" : f.side.value;
	f.side.closest("label").hidden = fresh; // a case that is not there has no claims
	sideChosen();
	f.claim.replaceChildren();
	if (fresh) return;
	const id = f.case.value;
	const claims = await ask("GET", `/api/cases/${encodeURIComponent(id)}/claims`);
	if (id !== f.case.value) return;
	f.claim.replaceChildren(...claims.filter((c) => c.on !== answer.what).map((c) => option(c.on, `${c.source}: ${c.text}`)));
	f.side.closest("label").hidden = !f.claim.options.length;
}

function sideChosen() {
	form.querySelector(".claim").hidden = !f.side.value;
}

async function save() {
	let id = f.case.value;
	let chosen = answer.cases.find((c) => c.id === id);
	if (!chosen) {
		id = answer.new;
		chosen = { title: f.title.value.trim(), base: 1 };
		await decide({ on: `case/${id}`, do: "open", base: 0, with: { title: chosen.title } });
	}
	const details = { what: answer.what };
	if (f.side.value) Object.assign(details, { side: f.side.value, claim: f.claim.value });
	const entry = await decide({ on: `case/${id}`, do: "file", base: chosen.base, reason: f.reason.value.trim() || undefined, with: details });
	box.close();
	if (entry) tellRecorded(`case/${id}`, entry.index, say("file.filed", chosen.title));
}

f.case.addEventListener("change", () => caseChosen().catch((problem) => wrong(problem.detail)));
f.side.addEventListener("change", sideChosen);
form.querySelector(".cancel").addEventListener("click", () => box.close());
box.addEventListener("close", () => opener?.focus());
for (const select of form.querySelectorAll("select"))
	select.addEventListener("keydown", (e) => {
		if (e.key !== "Enter") return; // a list of its own does nothing on it
		e.preventDefault();
		form.requestSubmit();
	});
form.addEventListener("submit", async (e) => {
	e.preventDefault();
	if (saving) return;
	saving = true;
	try {
		await save();
	} catch (problem) {
		wrong(problem.detail ?? String(problem));
	} finally {
		saving = false;
	}
});
document.addEventListener("click", (e) => {
	const button = e.target.closest("button[data-file]");
	if (button) open(button);
});
onKey("c", () => {
	const near = document.activeElement?.closest("li, tr, article, section")?.querySelector("button[data-file]");
	(near ?? document.querySelector("main button[data-file]"))?.click();
});

// The picker in a case.
for (const pick of document.querySelectorAll(".picker")) picker(pick);

function picker(pick) {
	const words = pick.querySelector("[role=combobox]");
	const what = pick.querySelector("[name=what]");
	const hits = pick.querySelector("[role=listbox]");
	const count = pick.querySelector("[role=status]");
	let asked = 0;
	let stale = true; // the list does not yet answer to what is typed
	let taking = false; // Enter was pressed meanwhile
	let chosen = -1;
	let pause = 0;

	const close = () => {
		hits.hidden = true;
		words.setAttribute("aria-expanded", "false");
		words.removeAttribute("aria-activedescendant");
	};

	function mark(i) {
		const all = [...hits.children];
		if (!all.length) return;
		all[chosen]?.setAttribute("aria-selected", "false");
		chosen = (i + all.length) % all.length;
		all[chosen].setAttribute("aria-selected", "true");
		all[chosen].scrollIntoView({ block: "nearest" });
		words.setAttribute("aria-activedescendant", all[chosen].id);
	}

	function take(hit) {
		what.value = hit.dataset.what;
		words.value = hit.dataset.name;
		words.setCustomValidity("");
		count.textContent = say("pick.taken", hit.dataset.name);
		close();
	}

	function show(list) {
		chosen = -1;
		hits.replaceChildren(...list.hits.map((h, i) => {
			const li = document.createElement("li");
			li.id = `${hits.id}-${i}`;
			li.setAttribute("role", "option");
			li.setAttribute("aria-selected", "false");
			li.dataset.what = h.what;
			li.dataset.name = h.name;
			const [kind, name, note] = ["small", "span", "small"].map((e) => document.createElement(e));
			[kind.textContent, name.textContent, note.textContent] = [h.kind, h.name, h.note ?? ""];
			name.dir = "auto";
			li.append(kind, " ", name, " ", note);
			return li;
		}));
		hits.hidden = !list.hits.length;
		words.setAttribute("aria-expanded", String(!hits.hidden));
		count.textContent = list.hits.length ? say(list.more ? "pick.more" : "found", list.hits.length) : say("pick.none");
		if (list.hits.length) mark(0);
		stale = false;
		if (taking && list.hits.length) take(hits.children[0]);
		taking = false;
	}

	async function find() {
		const mine = ++asked;
		try {
			const list = await ask("GET", `/api/evidence?q=${encodeURIComponent(words.value.trim())}`);
			if (mine === asked) show(list);
		} catch (problem) {
			if (mine === asked) count.textContent = problem.detail;
		}
	}

	words.addEventListener("input", () => {
		what.value = "";
		stale = true;
		taking = false;
		asked++;
		clearTimeout(pause);
		pause = setTimeout(find, 150);
	});
	words.addEventListener("focus", () => what.value || find());
	words.addEventListener("blur", () => setTimeout(close, 200));
	words.addEventListener("keydown", (e) => {
		if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			e.preventDefault();
			mark(chosen + (e.key === "ArrowDown" ? 1 : -1));
		} else if (e.key === "Escape" && !hits.hidden) {
			e.preventDefault();
			close();
		} else if (e.key === "Enter" && !what.value) {
			e.preventDefault();
			if (stale) taking = true;
			else if (!hits.hidden && hits.children[chosen]) take(hits.children[chosen]);
		}
	});
	hits.addEventListener("mousedown", (e) => e.preventDefault()); // the words keep the focus
	hits.addEventListener("click", (e) => {
		const hit = e.target.closest("[role=option]");
		if (hit) take(hit);
	});
	words.form.addEventListener("submit", (e) => {
		if (what.value) return;
		e.preventDefault(); // before the form is sent
		words.focus();
		count.textContent = say("pick.first");
	}, { capture: true });
}
