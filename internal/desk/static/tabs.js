// Tabs: links to panes of the same page become tabs with arrow keys and numbers. Without this they are links, and the desk
// opens the pane. A nav with data-tabs holds links with data-pane; #pane-NAME is the pane of NAME.

import { onKey } from "./desk.js";

const bar = document.querySelector("nav[data-tabs]");
const tabs = [...bar.querySelectorAll("a[data-pane]")];

/** pane is what a tab opens. */
function pane(tab) {
	return document.getElementById("pane-" + tab.dataset.pane);
}

/** open shows the pane of a tab, and keeps it in the address so that a new page opens it again. */
function open(tab, keep = true) {
	for (const t of tabs) {
		const is = t === tab;
		t.setAttribute("aria-selected", is);
		t.tabIndex = is ? 0 : -1;
		pane(t).hidden = !is;
	}
	tab.scrollIntoView({ block: "nearest", inline: "nearest" });
	if (keep) history.replaceState(null, "", tab.href);
}

bar.setAttribute("role", "tablist");
for (const [i, tab] of tabs.entries()) {
	tab.setAttribute("role", "tab");
	tab.setAttribute("aria-controls", "pane-" + tab.dataset.pane);
	const p = pane(tab);
	p.setAttribute("role", "tabpanel");
	p.setAttribute("aria-labelledby", tab.id);
	tab.addEventListener("click", (e) => {
		if (e.ctrlKey || e.metaKey || e.shiftKey) return;
		e.preventDefault();
		open(tab);
	});
	tab.addEventListener("keydown", (e) => {
		const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: tabs.length - 1 }[e.key];
		if (to === undefined) return;
		e.preventDefault();
		const next = tabs[(to + tabs.length) % tabs.length];
		open(next);
		next.focus();
	});
	onKey(String(i + 1), () => {
		open(tab);
		tab.focus();
	});
}
open(tabs.find((t) => t.getAttribute("aria-current")) ?? tabs[0], false);
for (const t of tabs) t.removeAttribute("aria-current");

/** toHash opens the pane that holds what the address names. */
function toHash() {
	const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
	const tab = at && tabs.find((t) => pane(t).contains(at));
	if (!tab) return;
	open(tab, false);
	at.scrollIntoView({ block: "start" });
}
toHash();
window.addEventListener("hashchange", toHash);

// Links to a pane of this page go there without a new page.
document.addEventListener("click", (e) => {
	const link = e.target.closest('a[href^="?pane="]');
	if (!link || tabs.includes(link) || e.ctrlKey || e.metaKey || e.shiftKey) return;
	const to = new URL(link.href);
	const tab = tabs.find((t) => t.dataset.pane === to.searchParams.get("pane"));
	if (!tab) return;
	e.preventDefault();
	history.pushState(null, "", link.href);
	open(tab, false);
	toHash();
	if (!location.hash) tab.focus();
});
