// Who else looks at this case now. The page says so every 20 seconds while it can be seen.

import { ask, say } from "./desk.js";

const line = document.getElementById("here");
const path = `/api/cases/${encodeURIComponent(line.dataset.case)}/here`;
let wait = 20000;

async function look() {
	if (document.visibilityState === "visible") {
		try {
			const { others } = await ask("POST", path);
			const text = others.length ? say("here", others.join(", ")) : "";
			if (line.textContent !== text) line.textContent = text;
			line.hidden = !text;
			wait = 20000;
		} catch {
			wait = Math.min(wait * 2, 300000); // it is no work of anybody's: silence is enough
		}
	}
	setTimeout(look, wait);
}
look();

window.addEventListener("pagehide", () => {
	fetch(path, { method: "DELETE", keepalive: true }).catch(() => {});
});
