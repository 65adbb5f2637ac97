// Signing a verdict: what is missing is said at its field, and nothing that was typed is lost.
import { decide, say } from "./desk.js";
import { labelOf, recorded } from "./done.js";

const form = document.getElementById("verdict");

function wrong(name, words) {
	for (const p of form.querySelectorAll(".wrong")) p.remove();
	for (const f of form.querySelectorAll("[aria-invalid]")) f.removeAttribute("aria-invalid");
	const field = form.querySelector(`[name="${name}"]`) ?? form.querySelector(name === "against" ? '[name="searched"]' : "button");
	const p = document.createElement("p");
	p.className = "wrong";
	p.id = "wrong";
	p.textContent = words;
	(field.closest("fieldset") ?? field.closest("label") ?? field.parentElement).after(p);
	field.setAttribute("aria-invalid", "true");
	field.setAttribute("aria-describedby", "wrong");
	field.focus();
}

form?.addEventListener("submit", async (e) => {
	e.preventDefault();
	const f = new FormData(form);
	const verdict = { claim: form.dataset.claim, searched: f.get("searched") !== null, against: f.getAll("against") };
	for (const name of ["source", "technical", "content", "standard", "rating", "summary"]) verdict[name] = f.get(name).trim();
	const unchosen = ["standard", "rating"].find((name) => !verdict[name]);
	if (unchosen) return wrong(unchosen, say("chooseone"));
	const button = form.querySelector("button");
	button.disabled = true;
	try {
		const entry = await decide({ on: form.dataset.subject, do: "sign", base: form.dataset.base, with: verdict });
		if (!entry) return;
		recorded(form.dataset.subject, entry.index, labelOf(button));
		location.reload();
	} catch (problem) {
		button.disabled = false;
		wrong(problem.field ?? "", problem.detail);
	}
});
