// Taking in: what is dropped, chosen, pasted or named by its address becomes a job, whose rows are shown as they change.
import { ask, follow, say, tell, words } from "./desk.js";

const form = document.getElementById("drop");
const jobs = document.getElementById("jobs");
const cards = new Map();

function card(id) {
	if (!cards.has(id)) {
		const c = document.getElementById("job").content.firstElementChild.cloneNode(true);
		jobs.querySelector("h2").after(c);
		jobs.querySelector(".none")?.remove();
		cards.set(id, c);
		c.querySelector(".stop").addEventListener("click", () => stop(id));
	}
	return cards.get(id);
}

const running = new Map(); // uploads that can be cut off

async function stop(id) {
	if (running.has(id)) {
		running.get(id).abort();
		return;
	}
	try {
		await ask("DELETE", `/api/jobs/${id}`);
	} catch (problem) {
		tell(problem.detail, true);
	}
}

function light(state) {
	if (state === "complete" || state === "done") return "green";
	if (["unreadable", "refused", "left out", "failed"].includes(state)) return "red";
	return "amber";
}

const text = (key, fallback) => words[key] ?? fallback ?? key;

function show(job) {
	const c = card(job.id);
	const over = job.state !== "running";
	c.querySelector("h3").textContent = `${text("job." + job.kind, job.kind)} · ${new Date(job.began).toLocaleTimeString(document.documentElement.lang)} · ${job.by}`;
	const state = c.querySelector(".state");
	state.textContent = text("job.state." + job.state, job.state) + (job.step && !over ? `: ${text("job.step." + job.step, job.step)}` : "");
	state.className = `chip state ${light(job.state)}`;
	c.querySelector(".stop").hidden = over;
	const bar = c.querySelector("progress");
	bar.hidden = over;
	const done = job.rows.filter((r) => r.item && r.state !== "pending").length;
	if (job.rows.length && job.step) {
		bar.max = job.rows.length;
		bar.value = done;
	} else bar.removeAttribute("value");
	bar.setAttribute("aria-label", state.textContent);
	c.querySelector(".said").textContent = job.note ? text("got." + job.note, job.note) : "";
	const body = c.querySelector("tbody");
	const old = new Map([...body.rows].map((r) => [r.dataset.name, r]));
	for (const row of job.rows) {
		let tr = old.get(row.name);
		if (!tr) {
			tr = body.insertRow();
			tr.dataset.name = row.name;
			for (let i = 0; i < 4; i++) tr.insertCell();
		}
		fill(tr, row);
	}
}

function fill(tr, row) {
	const [name, state, kind, proof] = tr.cells;
	name.replaceChildren(row.item ? link(`/items/${row.item}`, row.name) : document.createTextNode(row.name));
	if (row.before) name.append(small(text("job.before")));
	const chip = document.createElement("span");
	chip.className = `chip ${light(row.state)}`;
	chip.textContent = text("item.state." + row.state, row.state);
	state.replaceChildren(chip);
	if (row.detail) state.append(small(text("skip." + row.detail, row.detail)));
	kind.textContent = row.kind ? text("item.kind." + row.kind, row.kind) : "";
	if (row.reuses) kind.append(" ", link(`/reuse?item=${row.item}`, say("job.reuses", row.reuses)));
	proof.replaceChildren();
	if (row.item) {
		const code = document.createElement("code");
		code.textContent = row.item.slice(0, 12);
		code.title = row.item;
		proof.append(code, small(say("job.entry", row.index)));
	}
}

function link(href, words) {
	const a = document.createElement("a");
	a.href = href;
	a.textContent = words;
	return a;
}

function small(words) {
	const s = document.createElement("small");
	s.textContent = " " + words;
	return s;
}

async function watch(job) {
	show(job);
	try {
		const end = await follow(job.id, show);
		if (end.state === "done") tell(say("job.done"));
	} catch (problem) {
		tell(problem.detail, true);
	}
}

/** upload sends files; fields go first, since the desk reads them before the files. */
function upload(files, extra = {}) {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields())) data.append(name, value);
	for (const [name, value] of Object.entries(extra)) data.append(name, value);
	for (const { file, path } of files) data.append("file", file, path);
	const id = `here-${cards.size}`;
	const rows = files.map(({ file, path }) => ({ name: path, size: file.size, state: "arriving" }));
	const c = card(id);
	show({ id, kind: "intake", by: "", state: "running", step: "", began: Date.now(), rows: rows.slice(0, 200) });
	const request = new XMLHttpRequest();
	running.set(id, request);
	request.open("POST", "/api/intake");
	request.setRequestHeader("Accept", "application/json");
	request.upload.addEventListener("progress", (e) => {
		const bar = c.querySelector("progress");
		if (e.lengthComputable) [bar.max, bar.value] = [e.total, e.loaded];
	});
	const end = () => {
		running.delete(id);
		cards.delete(id);
		c.remove();
	};
	request.addEventListener("load", () => {
		end();
		let value = {};
		try {
			value = JSON.parse(request.responseText);
		} catch {
			value = { detail: say("broken") };
		}
		if (request.status === 202) watch(value);
		else tell(value.detail ?? say("broken"), true);
	});
	request.addEventListener("error", () => {
		end();
		tell(say("cutoff"), true);
	});
	request.addEventListener("abort", () => {
		end();
		tell(say("stopped"));
	});
	request.send(data);
}

function fields() {
	const out = {};
	for (const f of form.elements) if (f.name) out[f.name] = f.type === "checkbox" ? String(f.checked) : f.value;
	return out;
}

const chosen = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
for (const [button, input] of [["choose", "files"], ["choose-folder", "folder"]]) {
	const field = document.getElementById(input);
	document.getElementById(button).addEventListener("click", () => field.click());
	const take = () => {
		if (field.files.length) upload(chosen(field));
		field.value = "";
	};
	field.addEventListener("change", take);
	take(); // what was chosen before this ran
}

/** within lists the files of a dropped entry, folders to their bottom. */
async function within(entry, path = "") {
	if (entry.isFile) {
		const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
		return [{ file, path: path + entry.name }];
	}
	const reader = entry.createReader();
	const out = [];
	for (;;) {
		const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
		if (!some.length) return out;
		for (const e of some) out.push(...(await within(e, path + entry.name + "/")));
	}
}

for (const event of ["dragover", "dragenter"]) {
	document.addEventListener(event, (e) => {
		e.preventDefault();
		form.classList.add("over");
	});
}
document.addEventListener("dragleave", (e) => {
	if (!e.relatedTarget) form.classList.remove("over");
});
document.addEventListener("drop", async (e) => {
	e.preventDefault();
	form.classList.remove("over");
	const entries = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
	const pasted = e.dataTransfer.getData("text/plain");
	try {
		const files = (await Promise.all(entries.map((x) => within(x)))).flat();
		if (files.length) upload(files);
		else if (pasted) document.getElementById(/^https?:\/\/\S+$/.test(pasted.trim()) ? "url" : "text").value = pasted;
	} catch {
		tell(say("unreadable"), true);
	}
});

form.addEventListener("submit", async (e) => {
	e.preventDefault();
	const url = document.getElementById("url"), written = document.getElementById("text");
	if (!url.value.trim() && !written.value.trim()) {
		tell(say("nothinggiven"), true);
		return;
	}
	if (url.value.trim()) {
		const f = fields();
		try {
			const job = await ask("POST", "/api/fetch", { ...f, check: f.check === "true", url: url.value.trim() });
			url.value = "";
			watch(job);
		} catch (problem) {
			tell(problem.detail, true);
			url.focus();
		}
	}
	if (written.value.trim()) {
		const first = written.value.trim().split("\n")[0].slice(0, 60).replace(/[^\p{L}\p{N} -]/gu, "").trim() || "text";
		upload([{ file: new Blob([written.value], { type: "text/plain" }), path: `${first}.txt` }]);
		written.value = "";
	}
});

for (const job of JSON.parse(document.getElementById("running").textContent).reverse()) {
	if (job.state === "running") watch(job);
	else show(job);
}
