// The claim desk: a text with its claims, decided one after another by key.
import { ask, decide, onKey, say, tell } from "./desk.js";
import { choice, editFigures } from "./figures.js";

const desk = document.getElementById("reading");
const paper = document.getElementById("text");
const cards = document.getElementById("cards");
const left = document.getElementById("left");
const may = desk.dataset.may !== undefined;

let text = paper.textContent;
let bytes = []; // of each UTF-16 place of the text
let claims = [];
let now = 0; // place of the claim that is decided next
let caret = -1; // where it would be split, a UTF-16 place
let moved = null; // its spans after the ends were moved, not recorded yet
const made = []; // decisions of this visit, the last at the end

function measure() {
	bytes = new Uint32Array(text.length + 1);
	let at = 0;
	for (let i = 0; i < text.length; ) {
		const point = text.codePointAt(i);
		const wide = point > 0xffff ? 2 : 1;
		for (let k = 0; k < wide; k++) bytes[i + k] = at;
		at += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
		i += wide;
	}
	bytes[text.length] = at;
}

/** placeOf is the UTF-16 place of a byte. */
function placeOf(byte) {
	let lo = 0;
	for (let hi = text.length; lo < hi; ) {
		const mid = (lo + hi) >> 1;
		if (bytes[mid] < byte) lo = mid + 1;
		else hi = mid;
	}
	return lo;
}

async function load(stay) {
	const v = await ask("GET", `/api/texts/${desk.dataset.item}`);
	text = v.text;
	measure();
	const before = claims[now];
	claims = v.claims.map((c) => ({ ...c, at: c.spans.map(([a, b]) => [placeOf(a), placeOf(b)]) }));
	const again = claims.findIndex((c) => c.on === before?.on);
	if (stay && again >= 0) now = again;
	else if (!stay) now = Math.max(0, named() >= 0 ? named() : claims.findIndex(open));
	else now = Math.min(now, Math.max(0, claims.length - 1));
	// What is being moved stays moved, unless it is another claim now or ends elsewhere.
	if (moved && (claims[now].on !== before.on || String(claims[now].at) !== String(before.at))) moved = null;
	paint();
}

/** named is the place of the claim that the address names, -1 when it names none that is left. */
const named = () => claims.findIndex((c) => !c.into && c.on === `claim/${desk.dataset.item}-${location.hash.replace("#claim-", "")}`);

const open = (c) => c.decided.status === "suggested" && !c.into;
const spansOf = (i) => (i === now && moved) || claims[i].at;

function element(name, className, words) {
	const e = document.createElement(name);
	if (className) e.className = className;
	if (words !== undefined) e.textContent = words;
	return e;
}

function paint() {
	paintText();
	paintCards();
	const n = claims.filter(open).length;
	left.textContent = n ? say("claims.left", n) : say("claims.done");
	left.className = n ? "chip open" : "chip decided";
	const mark = paper.querySelector(".now");
	if (mark) {
		const box = paper.getBoundingClientRect();
		const at = mark.getBoundingClientRect();
		if (at.top < box.top + 20 || at.bottom > box.bottom - 20) paper.scrollTop += at.top - box.top - box.height / 3;
	}
	const card = cards.querySelector(".now");
	const queue = cards.parentElement;
	if (card && queue.scrollHeight > queue.clientHeight) queue.scrollTop = card.offsetTop - queue.offsetTop - 8;
}

function paintText() {
	const edges = new Set([0, text.length]);
	claims.forEach((c, i) => c.into || spansOf(i).forEach(([a, b]) => edges.add(a).add(b)));
	if (caret >= 0) edges.add(caret);
	const order = [...edges].sort((a, b) => a - b);
	const out = document.createDocumentFragment();
	for (let k = 0; k + 1 < order.length; k++) {
		const [a, b] = [order[k], order[k + 1]];
		if (a === caret) out.append(element("span", "caret"));
		let best = -1;
		claims.forEach((c, i) => {
			if (c.into || !spansOf(i).some(([x, y]) => x <= a && b <= y)) return;
			if (best < 0 || i === now || (best !== now && length(i) <= length(best))) best = i;
		});
		const part = element("span", best < 0 ? "" : `c ${claims[best].decided.status}`, text.slice(a, b));
		part.dataset.at = a;
		if (best >= 0) part.dataset.claim = best;
		if (best === now && best >= 0) part.classList.add("now");
		if (best === now && moved) part.classList.add("moved");
		out.append(part);
	}
	paper.replaceChildren(out);
}

const length = (i) => spansOf(i).reduce((n, [a, b]) => n + b - a, 0);
const wordsOf = (spans) => spans.map(([a, b]) => text.slice(a, b).trim()).join(" … ");

function paintCards() {
	const focused = cards.contains(document.activeElement);
	cards.replaceChildren(...claims.flatMap((c, i) => (c.into ? [] : [card(c, i)])));
	if (focused) cards.querySelector(".now")?.focus({ preventScroll: true });
}

function card(c, i) {
	const li = element("li", `card ${c.decided.status}${i === now ? " now" : ""}`);
	li.dataset.claim = i;
	li.tabIndex = i === now ? 0 : -1;
	if (i === now) li.setAttribute("aria-current", "true");
	li.append(element("p", "said", i === now && moved ? wordsOf(moved) : c.text));
	if (i !== now) return li;
	const facts = element("dl", "facts");
	const fact = (key, value) => value && facts.append(element("dt", "", say(`claim.${key}`)), element("dd", "", value));
	fact("source", c.source || say("claim.author"));
	fact("channel", c.channel);
	fact("cue", c.cue && say("quote", c.cue));
	fact("kind", `${say(`kind.${c.kind}`)}, ${say(`commitment.${c.commitment}`)}`);
	fact("figures", c.figures.map(figure).join("; "));
	fact("about", c.about);
	fact("said", c.said);
	fact("places", c.places.join(", "));
	li.append(facts);
	for (const a of c.against) {
		const p = element("p", "conflict", `${say(`rule.${a.rule}`)}: `);
		const to = element("button", "", a.text || a.on);
		to.type = "button";
		to.addEventListener("click", () => go(claims.findIndex((x) => x.on === a.on)));
		p.append(to, a.reason ? ` (${a.reason})` : "");
		li.append(p);
	}
	const chips = element("p", "chips");
	chips.append(element("span", c.decided.status === "suggested" ? "chip open" : c.decided.status === "confirmed" ? "chip green" : "chip red",
		say(`status.${c.decided.status}`) + (c.decided.by ? ` (${c.decided.by})` : "")));
	for (const [is, key] of [[c.changed, "changed"], [c.part, "part"], [c.merged?.length, "merged"]]) if (is) chips.append(element("span", "chip", say(`claim.${key}`)));
	li.append(chips);
	if (c.decided.reason) li.append(element("p", "", say("quote", c.decided.reason)));
	if (may) li.append(doing());
	return li;
}

function figure(f) {
	const number = f.max ? `${f.value}–${f.max}` : `${f.value}`;
	const bounds = f.cmp === "=" ? number : choice("cmp", f.cmp).replace("…", number);
	const marks = [f.event && choice("event", f.event), f.status && choice("status", f.status), f.kind && choice("kind", f.kind)].filter(Boolean);
	return `${bounds}${f.whole ? ` / ${f.whole}` : ""} ${f.of || choice("unit", f.unit)}${marks.length ? `, ${marks.join(", ")}` : ""}${f.text ? ` (${say("quote", f.text)})` : ""}`;
}

function doing() {
	const box = element("div", "doing");
	const add = (key, name, quiet) => {
		const b = element("button", quiet ? "quiet" : "", say(`do.${name}`));
		b.type = "button";
		b.append(element("kbd", "", key));
		b.addEventListener("click", () => act[key]());
		box.append(b);
	};
	add("a", "accept");
	add("r", "refuse", true);
	add("e", "edit", true);
	add("f", "figures", true);
	add("s", "split", true);
	add("m", "merge", true);
	add("u", "undo", true);
	const file = element("button", "quiet", say("file"));
	file.type = "button";
	file.dataset.file = claims[now].on;
	file.append(element("kbd", "", "c"));
	box.append(file);
	return box;
}

function go(i) {
	if (i < 0 || i >= claims.length) return;
	now = i;
	caret = -1;
	moved = null;
	paint();
}

/** step goes to the next claim in a direction, to one that is open when there is one. */
function step(by, wanted = () => true) {
	for (let k = 1; k < claims.length; k++) {
		const i = (now + by * k + claims.length * k) % claims.length;
		if (!claims[i].into && wanted(claims[i])) return go(i);
	}
	paint();
}

/** record sends a decision on a claim, shows what came of it, and returns what was wrong. */
async function record(c, verb, { with: details, reason, advance } = {}) {
	const d = { on: c.on, do: verb, base: c.base, reason: reason || undefined, with: details };
	const sent = decide(d);
	if (advance) {
		c.decided = { ...c.decided, status: verb === "confirm" ? "confirmed" : "refused" };
		step(1, open);
	}
	try {
		const entry = await sent;
		if (entry) {
			if (verb !== "undo") made.push({ on: c.on, entry: entry.index });
			await load(true);
		}
		return "";
	} catch (problem) {
		if (problem.status === 409) tell(say("meanwhile"), true);
		await load(true);
		return problem.detail || say("broken");
	}
}

/** settled records moved ends, if there are any. */
async function settled() {
	if (!moved) return "";
	const spans = moved.map(([a, b]) => [bytes[a], bytes[b]]);
	moved = null;
	return record(claims[now], "edit", { with: { spans } });
}

/**
 * dialog asks; submit returns what is wrong with the answer, or nothing. It opens at once, or the words meant for it
 * would be taken for keys.
 */
function dialog(id, submit) {
	const box = document.getElementById(id);
	const form = box.querySelector("form");
	const wrong = box.querySelector(".wrong");
	wrong.hidden = true;
	form.elements.reason.value = "";
	box.querySelector(".cancel").onclick = () => box.close();
	form.onsubmit = async (e) => {
		e.preventDefault();
		wrong.textContent = (await submit(form.elements)) ?? "";
		wrong.hidden = !wrong.textContent;
		if (wrong.hidden) box.close();
	};
	box.showModal();
	return form;
}

function refuse() {
	const asked = inTurn(() => claims[now]);
	dialog("refuse", (f) => {
		const reason = f.reason.value.trim();
		if (!reason) return say("needreason");
		inTurn(async () => record(await asked, "refuse", { reason, advance: true }));
	});
}

function edit() {
	let c, before;
	const form = dialog("edit", (f) => {
		const changes = {};
		for (const name of Object.keys(before)) if (f[name].value.trim() !== before[name]) changes[name] = f[name].value.trim();
		if (changes.places !== undefined) changes.places = changes.places.split(",").map((p) => p.trim()).filter(Boolean);
		if (Object.keys(changes).length) return inTurn(() => record(c, "edit", { with: changes, reason: f.reason.value.trim() }));
	});
	form.inert = true; // until it is known what there is to edit
	inTurn(() => {
		c = claims[now];
		before = { source: c.source, channel: c.channel ?? "", kind: c.kind, commitment: c.commitment, about: c.about ?? "", places: c.places.join(", ") };
		for (const [name, value] of Object.entries(before)) form.elements[name].value = value;
		form.inert = false;
		form.elements.source.focus();
	});
}

/** figures opens the form of the figures of the claim; what it saves is an edit. */
function figures() {
	inTurn(() => {
		const c = claims[now];
		editFigures(c, (list, reason) => inTurn(() => record(c, "edit", { with: { figures: list }, reason })));
	});
}

async function split() {
	const c = claims[now];
	const inside = caret > c.at[0][0] && caret < c.at[c.at.length - 1][1];
	if (!inside) return tell(say("needcaret"), true);
	const at = bytes[caret];
	caret = -1;
	await record(c, "split", { with: { at } });
}

async function merge() {
	const c = claims[now];
	const next = claims.findIndex((x, i) => i > now && !x.into);
	if (next < 0) return tell(say("nonext"), true);
	await record(claims[next], "merge", { with: { into: c.on } });
}

async function undo() {
	const last = made.pop();
	const on = last?.on ?? claims[now]?.on;
	const entry = last?.entry ?? claims[now]?.last;
	if (!entry) return tell(say("nothing"), true);
	const history = await ask("GET", `/api/decisions?on=${encodeURIComponent(on)}`);
	await record({ on, base: history.length }, "undo", { with: { entry } });
	const i = claims.findIndex((c) => c.on === on);
	if (i >= 0 && !claims[i].into) go(i);
}

// What is asked for while a decision is on its way is done after it, on what the page shows by then.
let chain = Promise.resolve();

/** inTurn does something after all that was asked for before, and returns what it returns, or what was wrong. */
const inTurn = (f) =>
	(chain = chain.then(f).catch((problem) => {
		const wrong = problem.detail ?? String(problem);
		tell(wrong, true);
		return wrong;
	}));

const afterwards = (f) => () => inTurn(async () => (await settled()) || f());
const asking = (f) => () => {
	if (moved) inTurn(settled);
	f();
};
const act = {
	a: afterwards(() => record(claims[now], "confirm", { advance: true })),
	r: asking(refuse),
	e: asking(edit),
	f: asking(figures),
	s: afterwards(split),
	m: afterwards(merge),
	u: () => inTurn(undo),
};
for (const key of Object.keys(act)) {
	const f = act[key];
	act[key] = () => claims.length && f();
	if (may) {
		onKey(key, act[key]);
		onKey(key.toUpperCase(), act[key]);
	}
}
onKey("n", () => step(1));
onKey("p", () => step(-1));
onKey("j", () => step(1));
onKey("k", () => step(-1));
onKey("N", () => step(1));
onKey("P", () => step(-1));

// Words: the places where a claim can end or be split.
function wordEdge(from, by) {
	const isWord = (i) => /[\p{L}\p{N}]/u.test(text[i] ?? "");
	let i = from + by;
	while (i > 0 && i < text.length && !(isWord(by > 0 ? i - 1 : i) && !isWord(by > 0 ? i : i - 1))) i += by;
	return Math.max(0, Math.min(text.length, i));
}

function moveEnd(start, by) {
	if (!may || !claims.length) return;
	const spans = (moved ?? claims[now].at).map((s) => [...s]);
	const span = start ? spans[0] : spans[spans.length - 1];
	const to = wordEdge(span[start ? 0 : 1], by);
	const other = start ? span[1] : (spans[spans.length - 2]?.[1] ?? 0);
	if (start ? to < other : to > span[0] && to > other) {
		span[start ? 0 : 1] = to;
		moved = spans;
		paint();
		tell(say("movedends"));
	}
}

for (const [key, by] of [["ArrowLeft", -1], ["ArrowRight", 1]])
	onKey(key, (e) => {
		if (e.shiftKey) return moveEnd(false, by);
		if (!claims.length) return;
		const { at } = claims[now];
		const from = caret >= 0 ? caret : by > 0 ? at[0][0] : at[at.length - 1][1];
		caret = Math.max(at[0][0], Math.min(at[at.length - 1][1], wordEdge(from, by)));
		paint();
	});
document.addEventListener("keydown", (e) => {
	if (!e.altKey || e.ctrlKey || e.metaKey || !["ArrowLeft", "ArrowRight"].includes(e.key) || document.querySelector("dialog[open]")) return;
	e.preventDefault();
	moveEnd(true, e.key === "ArrowLeft" ? -1 : 1);
});
onKey("Enter", () => moved && inTurn(settled));
onKey("Escape", () => {
	moved = null;
	caret = -1;
	paint();
});

paper.addEventListener("click", (e) => {
	const part = e.target.closest("[data-at]");
	const chosen = document.getSelection();
	if (!part || !chosen.isCollapsed) return;
	const place = Number(part.dataset.at) + (part.contains(chosen.anchorNode) ? chosen.anchorOffset : 0);
	if (part.dataset.claim === undefined) return;
	const i = Number(part.dataset.claim);
	if (i !== now) go(i);
	caret = place;
	paint();
});
cards.addEventListener("click", (e) => {
	const li = e.target.closest("[data-claim]");
	if (li && !e.target.closest("button") && Number(li.dataset.claim) !== now) go(Number(li.dataset.claim));
});

window.addEventListener("hashchange", () => go(named()));

load(false).catch((problem) => tell(problem.detail, true));
