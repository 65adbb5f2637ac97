// Forms of accounts: what their fields say is sent as JSON, then the page is shown anew.

import { ask, tell } from "./desk.js";

const place = document.getElementById("link");

/** show shows a link that works once, to be handed on. */
function show(link) {
	document.getElementById("link-url").textContent = link;
	place.hidden = false;
	place.focus();
	place.scrollIntoView({ block: "center" });
}

function bodyOf(form) {
	const out = form.dataset.do ? { do: form.dataset.do } : {};
	for (const field of form.elements) if (field.name && field.dataset.skip === undefined) out[field.name] = field.value;
	return out;
}

document.addEventListener("submit", async (e) => {
	const form = e.target;
	if (!form.matches("form[data-post]")) return;
	e.preventDefault();
	if (form.dataset.sure && !confirm(form.dataset.sure)) return;
	const button = form.querySelector("button");
	button.disabled = true;
	try {
		const answer = await ask("POST", form.dataset.post, bodyOf(form));
		if (form.dataset.then === "link") {
			form.reset();
			show(answer.link);
		} else if (form.dataset.told) {
			form.reset();
			tell(form.dataset.told);
		} else if (form.dataset.next) location.assign(form.dataset.next);
		else location.reload();
	} catch (problem) {
		tell(problem.detail, true);
	}
	button.disabled = false;
});

document.getElementById("link-copy")?.addEventListener("click", async (e) => {
	const text = document.getElementById("link-url");
	getSelection().selectAllChildren(text); // where the browser keeps the clipboard from pages, it is marked to be copied by hand
	try {
		await navigator.clipboard.writeText(text.textContent);
		tell(e.target.textContent + " ✓");
	} catch {
		document.execCommand("copy");
	}
});
