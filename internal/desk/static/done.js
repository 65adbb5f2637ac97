// Forms and buttons that decide say what in their attributes. What was recorded is said on the page that follows and can be taken
// back there, and the focus stays where the work is.
import { ask, decide, onKey, say, tell } from "./desk.js";

const stackName = "beleg.done"; // decisions recorded in this tab, the last at the end
const freshName = "beleg.fresh"; // what is to be said on the next page
const placeName = "beleg.place"; // where the next page goes on
const mostKept = 50;

function get(name, otherwise) {
	try {
		return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
	} catch {
		return otherwise;
	}
}
const set = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

const here = () => location.pathname + location.search + location.hash;

/** recorded keeps that a decision was recorded: on what, its entry in the log, and what it is called. The next page says so. */
export function recorded(on, entry, words) {
	set(stackName, [...get(stackName, []), { on, entry, words, at: here() }].slice(-mostKept));
	set(freshName, say("recorded", words));
}

/** tellRecorded is recorded for a page that stays. */
export function tellRecorded(on, entry, words) {
	recorded(on, entry, words);
	announce();
}

function announce() {
	const words = get(freshName);
	sessionStorage.removeItem(freshName);
	if (words) tell(words);
}

/** labelOf is what a button says, without its key. */
export function labelOf(button) {
	const copy = button.cloneNode(true);
	for (const key of copy.querySelectorAll("kbd")) key.remove();
	return copy.textContent.trim();
}

let taking = false;

/** takeBack undoes a decision, that recorded last in this tab when none is given, and shows the page where it was made. */
export async function takeBack(decision) {
	const stack = get(stackName, []);
	const last = stack.find((d) => d.entry === decision?.entry) ?? decision ?? stack.at(-1);
	if (taking) return;
	if (!last) return tell(say("nothing"));
	taking = true;
	try {
		const past = await ask("GET", `/api/decisions?on=${encodeURIComponent(last.on)}`);
		if (!(await decide({ on: last.on, do: "undo", base: past.length, with: { entry: last.entry } }))) return;
		set(stackName, stack.filter((d) => d.entry !== last.entry));
		set(freshName, say("takenback", last.words));
		if (last.at === here()) location.reload();
		else location.assign(last.at);
	} catch (problem) {
		tell(problem.detail, true);
	} finally {
		taking = false;
	}
}

// The focus after a decision.

/** acts are the elements of the page that decide the same as one does, in order. */
const acts = (verb) => [...document.querySelectorAll(`main [data-do="${verb}"]`)];

/** goOn keeps where the focus is to be when this page is shown again: on what stands then where element stands now. */
function goOn(element) {
	set(placeName, { path: location.pathname, y: scrollY, verb: element.dataset.do, at: acts(element.dataset.do).indexOf(element) });
}

function restore() {
	const place = get(placeName);
	sessionStorage.removeItem(placeName);
	if (place?.path !== location.pathname) return;
	const list = acts(place.verb);
	const next = list[Math.min(place.at, list.length - 1)] ?? document.getElementById("main");
	for (let box = next.closest("details"); box; box = box.parentElement.closest("details")) if (!next.matches("form")) box.open = true;
	const field = next.matches("form") ? (next.closest("details:not([open])")?.querySelector("summary") ?? next.querySelector("input:not([type=hidden]), textarea, select")) : next;
	scrollTo(0, place.y);
	field?.focus({ preventScroll: true });
	field?.scrollIntoView({ block: "nearest" });
}

// Forms and buttons.

function withOf(form) {
	const out = form.dataset.with ? JSON.parse(form.dataset.with) : {};
	for (const field of form.elements ?? []) {
		if (!field.name || field.name === "reason") continue;
		if (field.type === "checkbox") out[field.name] = field.checked;
		else if (field.type === "radio") {
			if (field.checked) out[field.name] = field.value;
		} else if (field.dataset.type === "number") out[field.name] = Number(field.value);
		else if (field.value !== "" || field.dataset.keep !== undefined) out[field.name] = field.value;
	}
	return Object.keys(out).length ? out : undefined;
}

async function decideBy(element) {
	const reason = element.elements?.reason?.value;
	const button = element.tagName === "FORM" ? element.querySelector("button:not([type=button])") : element;
	button.disabled = true;
	try {
		const entry = await decide({ on: element.dataset.subject, do: element.dataset.do, base: element.dataset.base, reason: reason || undefined, with: withOf(element) });
		if (!entry) return;
		recorded(element.dataset.subject, entry.index, labelOf(button));
		goOn(element);
		if (element.dataset.next) location.assign(element.dataset.next);
		else location.reload();
	} catch {
		button.disabled = false; // it has been told why
		button.focus();
	}
}

document.addEventListener("submit", (e) => {
	if (!e.target.matches("form[data-do]") || e.defaultPrevented) return;
	e.preventDefault();
	decideBy(e.target);
});
document.addEventListener("click", (e) => {
	const button = e.target.closest("button[data-do]");
	if (button) decideBy(button);
});

onKey("u", () => takeBack());
restore();
announce();
