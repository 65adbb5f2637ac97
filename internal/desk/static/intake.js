// Taking in: what is dropped, chosen, pasted or named by its address becomes a job, whose rows are shown as they change.
import { ask, count, follow, say, tell, words } from "./desk.js";

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
	if (["unreadable", "refused", "left out", "failed", "notsaved"].includes(state)) return "red";
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
	if (row.claims) kind.append(" ", link(`/texts/${row.item}`, count("job.claims", row.claims)));
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
		lead(end);
	} catch (problem) {
		tell(problem.detail, true);
	}
}

// What one request carries at most: what has arrived whole is safe, so a cut-off upload loses no more than this.
const mostFiles = 100;
const mostBytes = 64 << 20;

/** batches parts files into requests. Files that differ in their last ending alone stay together: one may describe the other. */
function batches(files) {
	const stem = ({ path }) => path.replace(/(\.info)?\.[^./]*$/, "");
	const out = [];
	let size = 0;
	for (const f of [...files].sort((x, y) => (x.path < y.path ? -1 : 1))) {
		const now = out.at(-1);
		if (!now || ((now.length >= mostFiles || size + f.file.size > mostBytes) && stem(now.at(-1)) !== stem(f))) {
			out.push([f]);
			size = f.file.size;
		} else {
			now.push(f);
			size += f.file.size;
		}
	}
	return out;
}

let uploads = 0;

/** upload sends files, some at a time, and says of each whether it is saved. What was not can be sent again. */
async function upload(files, given = fields()) {
	const id = `here-${uploads++}`;
	const began = Date.now();
	const rows = files.map(({ file, path }) => ({ name: path, size: file.size, state: "arriving" }));
	const at = new Map(files.map((f, i) => [f, rows[i]]));
	const c = card(id);
	const draw = (state, note = "") => {
		show({ id, kind: "intake", by: "", state, step: "", began, rows: [...rows].sort((x, y) => (x.state === "arriving") - (y.state === "arriving")).slice(0, 200) });
		c.querySelector(".said").textContent = note;
	};
	draw("running");
	let left = files;
	let wrong = "";
	for (const some of batches(files)) {
		const { job, problem } = await send(id, some, given, c);
		if (problem) {
			wrong = problem;
			break;
		}
		for (const f of some) at.get(f).state = "arrived";
		left = left.filter((f) => !some.includes(f));
		if (left.length) draw("running", say("upload.sofar", files.length - left.length, files.length));
		watch(job);
	}
	running.delete(id);
	if (!left.length) {
		cards.delete(id);
		c.remove();
		return;
	}
	for (const f of left) at.get(f).state = "notsaved";
	const saved = files.length - left.length;
	draw("failed", `${wrong} ${count("upload.saved", saved)} ${count("upload.lost", left.length)}`);
	const again = document.createElement("button");
	again.type = "button";
	again.className = "again";
	again.textContent = count("upload.again", left.length);
	again.addEventListener("click", () => {
		cards.delete(id);
		c.remove();
		upload(left, given);
	});
	c.querySelector(".chips").append(again);
	again.focus();
	tell(c.querySelector(".said").textContent, true);
}

/** send sends one request; fields go first, since the desk reads them before the files. */
function send(id, files, given, c) {
	const data = new FormData();
	for (const [name, value] of Object.entries(given)) data.append(name, value);
	for (const { file, path } of files) data.append("file", file, path);
	const request = new XMLHttpRequest();
	running.set(id, request);
	request.open("POST", "/api/intake");
	request.setRequestHeader("Accept", "application/json");
	request.upload.addEventListener("progress", (e) => {
		const bar = c.querySelector("progress");
		if (e.lengthComputable) [bar.max, bar.value] = [e.total, e.loaded];
	});
	return new Promise((resolve) => {
		request.addEventListener("load", () => {
			let value = {};
			try {
				value = JSON.parse(request.responseText);
			} catch {
				value = { detail: say("broken") };
			}
			resolve(request.status === 202 ? { job: value } : { problem: value.detail ?? say("broken") });
		});
		request.addEventListener("error", () => resolve({ problem: say("cutoff") }));
		request.addEventListener("abort", () => resolve({ problem: say("stopped") }));
		request.send(data);
	});
}

// Files that were chosen while the details are open wait for them; else they go at once.
const details = document.getElementById("details");
const staged = document.getElementById("staged");
let waitingFiles = [];

function take(files) {
	if (!files.length) return;
	if (!details.open) {
		upload(files);
		return;
	}
	waitingFiles = [...waitingFiles, ...files];
	staging();
	(form.elements.first_seen.value ? document.getElementById("send") : form.elements.first_seen).focus();
}

function staging() {
	staged.hidden = !waitingFiles.length;
	staged.querySelector("p").textContent = waitingFiles.length ? count("upload.waiting", waitingFiles.length) : "";
	staged.querySelector("ul").replaceChildren(...waitingFiles.slice(0, 20).map(({ path }) => {
		const li = document.createElement("li");
		li.textContent = path;
		return li;
	}));
}
document.getElementById("unstage").addEventListener("click", () => {
	waitingFiles = [];
	staging();
});

// A date is shown back in words before it is sent.
const seen = form.elements.first_seen;
const means = document.getElementById("means");
let reading = 0;
async function readDate() {
	const mine = ++reading;
	const written = seen.value.trim();
	means.textContent = "";
	seen.removeAttribute("aria-invalid");
	if (!written) return true;
	try {
		const date = await ask("GET", `/api/date?text=${encodeURIComponent(written)}`);
		if (mine === reading) means.textContent = say("upload.date", date.words, date.edtf);
		return true;
	} catch (problem) {
		if (problem.offline) return true;
		if (mine === reading) {
			means.textContent = problem.detail;
			seen.setAttribute("aria-invalid", "true");
		}
		return false;
	}
}
let typing = 0;
seen.addEventListener("input", () => {
	clearTimeout(typing);
	typing = setTimeout(readDate, 250);
});

function fields() {
	const out = {};
	for (const f of form.elements) if (f.name) out[f.name] = f.type === "checkbox" ? String(f.checked) : f.value;
	return out;
}

const chosen = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
for (const [button, input] of [["choose", "files"], ["choose-folder", "folder"]]) {
	const field = document.getElementById(input);
	document.getElementById(button).addEventListener("click", () => field.click());
	const picked = () => {
		take(chosen(field));
		field.value = "";
	};
	field.addEventListener("change", picked);
	picked(); // what was chosen before this ran
}

/** lead says what a finished job found, and leads there. */
function lead(job) {
	const sum = (what) => job.rows.reduce((n, r) => n + (r[what] ?? 0), 0);
	const out = [];
	const one = job.rows.filter((r) => r.reuses);
	if (one.length) out.push(link(one.length === 1 ? `/reuse?item=${one[0].item}` : "/reuse", count("job.todecide", sum("reuses"))));
	const texts = job.rows.filter((r) => r.claims);
	if (texts.length) out.push(link(texts.length === 1 ? `/texts/${texts[0].item}` : "/claims", count("job.toread", sum("claims"))));
	const items = job.rows.filter((r) => r.item);
	if (items.length) out.push(link(items.length === 1 ? `/items/${items[0].item}` : "/items", count("job.items", items.length)));
	const place = card(job.id).querySelector(".found");
	place.replaceChildren(...out.flatMap((a, i) => (i ? [" · ", a] : [a])));
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
		if (files.length) take(files);
		else if (pasted) document.getElementById(/^https?:\/\/\S+$/.test(pasted.trim()) ? "url" : "text").value = pasted;
	} catch {
		tell(say("unreadable"), true);
	}
});

form.addEventListener("submit", async (e) => {
	e.preventDefault();
	const url = document.getElementById("url"), written = document.getElementById("text");
	if (!url.value.trim() && !written.value.trim() && !waitingFiles.length) {
		tell(say("nothinggiven"), true);
		return;
	}
	if (!(await readDate())) {
		seen.focus();
		return;
	}
	if (waitingFiles.length) {
		upload(waitingFiles);
		waitingFiles = [];
		staging();
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
	else {
		show(job);
		if (job.state === "done") lead(job);
	}
}
