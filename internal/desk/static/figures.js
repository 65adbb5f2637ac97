// The form of the figures of a claim: on the page of a case and on that of a text. What is saved is an edit of the claim.
import { ask, decide, say, tell } from "./desk.js";

const box = document.getElementById("figures-edit");
const form = box.querySelector("form");
const list = box.querySelector(".figurelist");
const blank = box.querySelector("template");
const wrong = box.querySelector(".wrong");
let asked = null; // what to do with the answer

const numbers = ["value", "max", "whole"];
const texts = ["cmp", "event", "status", "kind", "about"];

function label() {
	const fields = [...list.children];
	fields.forEach((f, i) => (f.querySelector("legend").textContent = say("figures.nth", i + 1) + (f.dataset.text ? `: “${f.dataset.text}”` : "")));
	if (!fields.length) list.textContent = say("figures.none");
}

function add(f) {
	if (!list.children.length) list.textContent = "";
	const set = blank.content.firstElementChild.cloneNode(true);
	const field = (name) => set.querySelector(`[name=${name}]`);
	for (const name of numbers) if (f[name]) field(name).value = f[name];
	if (f.value !== undefined) field("value").value = f.value;
	for (const name of texts) field(name).value = f[name] ?? "";
	if (!f.cmp) field("cmp").value = "=";
	field("of").value = f.of ?? "";
	field("places").value = (f.places ?? []).join(", ");
	field("part").checked = !!f.part;
	const unit = field("unit");
	if (f.unit && ![...unit.options].some((o) => o.value === f.unit)) unit.prepend(new Option(f.unit, f.unit));
	unit.value = f.unit ?? "persons";
	field("earlier").checked = !!f.earlier;
	if (f.text) set.dataset.text = f.text;
	if (f.span) set.dataset.span = JSON.stringify(f.span);
	set.querySelector(".remove").addEventListener("click", () => {
		const next = set.nextElementSibling ?? set.previousElementSibling;
		set.remove();
		label();
		(next?.querySelector("select") ?? box.querySelector(".add")).focus();
	});
	list.append(set);
	label();
	return set;
}

function read(set) {
	const field = (name) => set.querySelector(`[name=${name}]`);
	const f = { value: Number(field("value").value) };
	for (const name of numbers) if (name !== "value" && Number(field(name).value)) f[name] = Number(field(name).value);
	for (const name of texts) if (field(name).value.trim()) f[name] = field(name).value.trim();
	const of = field("of").value.trim();
	if (of) f.of = of;
	f.unit = field("unit").value || of.toLowerCase();
	const places = field("places").value.split(",").map((p) => p.trim()).filter(Boolean);
	if (places.length) f.places = places;
	if (field("part").checked) f.part = true;
	if (field("earlier").checked) f.earlier = true;
	if (set.dataset.text) f.text = set.dataset.text;
	if (set.dataset.span) f.span = JSON.parse(set.dataset.span);
	return f;
}

/** editFigures opens the form with the figures of a claim; submit gets what is saved and the reason, and returns what is wrong. */
export function editFigures(claim, submit) {
	asked = submit;
	wrong.hidden = true;
	list.textContent = "";
	form.elements.reason.value = "";
	box.querySelector(".quoted").textContent = `“${claim.text}”`;
	for (const f of claim.figures) add(f);
	label();
	box.showModal();
	(list.querySelector("[name=value]") ?? box.querySelector(".add")).focus();
}

box.querySelector(".add").addEventListener("click", () => add({}).querySelector("[name=value]").focus());
box.querySelector(".cancel").addEventListener("click", () => box.close());
form.addEventListener("submit", async (e) => {
	e.preventDefault();
	const empty = [...list.querySelectorAll("[name=value]")].find((f) => f.value === "");
	if (empty) {
		wrong.textContent = say("figures.number");
		empty.focus();
	} else wrong.textContent = (await asked([...list.querySelectorAll("fieldset")].map(read), form.elements.reason.value.trim())) ?? "";
	wrong.hidden = !wrong.textContent;
	if (wrong.hidden) box.close();
});

/** label of a choice of the form, in the language of the page. */
export const choice = (name, value) => [...blank.content.querySelector(`[name=${name}]`).options].find((o) => o.value === value)?.textContent ?? value;

document.addEventListener("click", async (e) => {
	const button = e.target.closest("button[data-figures]");
	if (!button) return;
	try {
		const text = await ask("GET", `/api/texts/${button.dataset.item}`);
		const claim = text.claims.find((c) => c.on === button.dataset.figures);
		editFigures(claim, async (figures, reason) => {
			try {
				const entry = await decide({ on: claim.on, do: "edit", base: claim.base, reason: reason || undefined, with: { figures } });
				if (entry) location.reload();
			} catch (problem) {
				return problem.detail || say("broken");
			}
		});
	} catch (problem) {
		tell(problem.detail ?? String(problem), true);
	}
});
