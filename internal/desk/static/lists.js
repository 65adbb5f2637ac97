// Lists without a mouse: j and k go from entry to entry, Enter opens; in a case some keys act on the entry that has the focus.
import { onKey } from "./desk.js";

const entries = "main ul.rows > li, main ul.hits > li, main ul.tiles > li, main ul.list > li, main tbody > tr, main .claimrow, main article.against, main details.source, main [data-entry]";
const targets = "a[href], summary, button:not([disabled])";

const shown = (e) => e.checkVisibility();
const list = () => [...document.querySelectorAll(entries)].filter((e) => shown(e) && e.querySelector(targets));

/** now is the innermost entry that has the focus. */
const now = (all = list()) => all.filter((e) => e.contains(document.activeElement)).at(-1);

function step(by) {
	const all = list();
	if (!all.length) return;
	const at = all.indexOf(now(all));
	const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
	const target = [...next.querySelectorAll(targets)].find(shown);
	target.focus({ focusVisible: true });
	next.scrollIntoView({ block: "nearest" });
}

/** press clicks what a selector finds in the entry that has the focus, or else on the page. */
function press(selector, anywhere) {
	const target = now()?.querySelector(selector) ?? (anywhere ? document.querySelector(`main ${selector}`) : null);
	if (!target) return;
	const pane = target.closest(".pane[hidden]"); // a tab that is not open
	if (pane) document.querySelector(`[data-pane="${pane.id.replace("pane-", "")}"]`)?.click();
	const box = target.closest("details:not([open])");
	if (box) box.open = true;
	if (target.matches("input, textarea, select")) target.focus();
	else target.click();
}

// Escape leaves a field, so that the keys are heard again.
document.addEventListener("keydown", (e) => {
	if (e.key === "Escape" && !e.defaultPrevented && !document.querySelector("dialog[open]")) e.target.closest("input, textarea, select")?.blur();
});
onKey("j", () => step(1));
onKey("k", () => step(-1));
if (document.body.classList.contains("page-case")) {
	onKey("a", () => press('button[data-do="confirm"]'));
	onKey("r", () => press('form[data-do="refuse"] [name="reason"]'));
	onKey("v", () => press('a[href*="/verdict"]', true));
	onKey("e", () => press("#pick-words", true));
}
