// Common to all pages: texts, keys, telling, and decisions that are not lost when the connection is.

export const words = JSON.parse(document.getElementById("words").textContent);

/** say returns the text of a key with {0}, {1} … filled in. */
export function say(key, ...args) {
	return (words[key] ?? key).replace(/\{(\d)\}/g, (_, i) => args[i]);
}

const plural = new Intl.PluralRules(document.documentElement.lang);

/** count returns the text of a key for n things: key.1 for one, key.n else, as the language has it. */
export function count(key, n) {
	return say(`${key}.${plural.select(n) === "one" ? "1" : "n"}`, n);
}

const told = document.getElementById("told");

let quiet = 0;

/** tell shows a message. A good one goes by itself; a bad one stays until it is closed, by its button or Escape, or until the next. */
export function tell(text, bad = false) {
	clearTimeout(quiet);
	const p = document.createElement("p");
	p.className = bad ? "bad" : "";
	const words = document.createElement("span");
	words.textContent = text;
	const close = document.createElement("button");
	close.type = "button";
	close.textContent = "×";
	close.setAttribute("aria-label", told.dataset.close);
	close.addEventListener("click", hush);
	p.append(words, close);
	told.replaceChildren(p);
	if (!bad) quiet = setTimeout(hush, 6000);
}

/** hush takes the message away. */
export function hush() {
	clearTimeout(quiet);
	told.replaceChildren();
}

document.addEventListener("keydown", (e) => {
	if (e.key === "Escape" && told.firstChild && !document.querySelector("dialog[open]")) hush();
});

/** ask sends a request to the API. It throws {offline: true} when no answer came, and the problem when it was refused. */
export async function ask(method, path, body) {
	let answer;
	try {
		answer = await fetch(path, {
			method,
			headers: body instanceof FormData || body === undefined ? { Accept: "application/json" } : { Accept: "application/json", "Content-Type": "application/json" },
			body: body instanceof FormData || body === undefined ? body : JSON.stringify(body),
		});
	} catch {
		throw { offline: true, detail: say("offline") };
	}
	const text = await answer.text();
	let value = null;
	try {
		value = text ? JSON.parse(text) : null;
	} catch {
		value = { detail: say("broken") };
	}
	if (answer.status >= 502 && answer.status <= 504) throw { offline: true, detail: say("offline") };
	if (!answer.ok) throw { status: answer.status, ...value };
	return value;
}

function randomKey() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// Decisions wait in the browser until the desk has answered for each. They are kept in the order in which they were made.
const queueName = "beleg.decisions";
const listeners = [];

function waiting() {
	try {
		return JSON.parse(localStorage.getItem(queueName)) ?? [];
	} catch {
		return [];
	}
}

function keep(list) {
	localStorage.setItem(queueName, JSON.stringify(list));
	const chip = document.getElementById("waiting");
	if (chip) {
		chip.hidden = list.length === 0;
		chip.textContent = list.length ? say("waiting", list.length) : "";
	}
}

/** basesAhead counts the decisions on a subject that wait: the base of the next one grows by them. */
function ahead(on) {
	return waiting().filter((d) => d.on === on).length;
}

/**
 * decide records a decision and returns the entry, or null while it waits for the connection.
 * on, do, base, reason and with are those of POST /api/decisions.
 */
export function decide(d) {
	const decision = { ...d, base: Number(d.base) + ahead(d.on), key: randomKey() };
	keep([...waiting(), decision]);
	return new Promise((resolve, reject) => {
		listeners.push({ key: decision.key, resolve, reject });
		send();
	});
}

function answerFor(key, how, value) {
	const i = listeners.findIndex((l) => l.key === key);
	if (i >= 0) listeners.splice(i, 1)[0][how](value);
}

let sending = false;
let unreachable = false; // the last message says that decisions wait
let pause = 1000;

async function send() {
	if (sending) return;
	sending = true;
	try {
		for (let list = waiting(); list.length; list = waiting()) {
			const d = list[0];
			try {
				const entry = await ask("POST", "/api/decisions", d);
				if (unreachable) hush(); // that it waits is true no more
				unreachable = false;
				pause = 1000;
				keep(waiting().filter((w) => w.key !== d.key));
				answerFor(d.key, "resolve", entry);
			} catch (problem) {
				if (problem.offline || problem.status === 429 || problem.status === 401) {
					unreachable = true;
					tell(problem.status === 401 ? problem.detail : say("kept"), true);
					for (const w of waiting()) answerFor(w.key, "resolve", null);
					setTimeout(send, pause);
					pause = Math.min(pause * 2, 30000);
					return;
				}
				keep(waiting().filter((w) => w.key !== d.key));
				answerFor(d.key, "reject", problem);
				refused(d, problem);
			}
		}
	} finally {
		sending = false;
	}
}

/** refused says why a decision was not recorded, and keeps what was typed. */
function refused(d, problem) {
	const since = (problem.said ?? []).map((s) => s + ".").join(" ");
	const typed = d.with?.text ?? d.reason ?? "";
	tell([problem.detail, since, typed && say("typed", typed)].filter(Boolean).join(" "), true);
}

window.addEventListener("online", send);
keep(waiting());
if (waiting().length) send();

// Keys. A page files its own with onKey; none acts while somebody types.
const keys = new Map();
export function onKey(key, act) {
	keys.set(key, act);
}

const dialog = document.getElementById("keys");
const places = { o: "/", i: "/intake", t: "/items", r: "/reuse", c: "/cases", s: "/sources", k: "/claims", m: "/team" };
let going = 0;

document.addEventListener("keydown", (e) => {
	if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
	// Until the page is painted again, the field of a dialog that was closed still has the focus.
	const typing = e.target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]") && !e.target.closest("dialog:not([open])");
	if (typing || document.querySelector("dialog[open]")) return;
	if (e.key === "?") {
		e.preventDefault();
		dialog.showModal();
		return;
	}
	if (Date.now() - going < 1500 && places[e.key]) {
		going = 0;
		location.assign(places[e.key]);
		return;
	}
	if (e.key === "g" && !keys.has("g")) {
		going = Date.now();
		return;
	}
	// A focused button or link keeps its own keys.
	if ((e.key === " " || e.key === "Enter") && e.target.closest("a, button, summary, video, input")) return;
	const act = keys.get(e.key);
	if (act) {
		e.preventDefault();
		act(e);
	}
});
document.getElementById("keys-open")?.addEventListener("click", () => dialog.showModal());

// Veiled pictures: shown when asked for, and counted.
document.addEventListener("click", async (e) => {
	const button = e.target.closest(".reveal");
	if (!button) return;
	const media = button.closest(".media");
	try {
		await ask("POST", `/api/items/${media.dataset.item}/reveal`);
	} catch (problem) {
		tell(problem.detail, true);
		return;
	}
	media.classList.remove("veiled");
	button.remove();
	const video = media.querySelector("video[data-src]");
	if (video) video.src = video.dataset.src;
});

/** follow polls a job until it has ended; step is told of each state. */
export async function follow(id, step) {
	for (let wait = 300; ; wait = Math.min(wait * 1.3, 2000)) {
		try {
			const job = await ask("GET", `/api/jobs/${id}`);
			step(job);
			if (job.state !== "running") return job;
		} catch (problem) {
			if (!problem.offline) throw problem;
		}
		await new Promise((r) => setTimeout(r, wait));
	}
}

// Comparing one item with the archive.
document.addEventListener("click", async (e) => {
	const button = e.target.closest("button[data-check]");
	if (!button) return;
	const status = button.parentElement.querySelector(".job");
	button.disabled = true;
	status.textContent = say("checking");
	try {
		const job = await ask("POST", `/api/items/${button.dataset.check}/check`);
		const end = await follow(job.id, () => {});
		if (end.state === "done") location.reload();
		else status.textContent = end.note || end.state;
	} catch (problem) {
		status.textContent = problem.detail;
	}
	button.disabled = false;
});
