// Two sides locked together: B shows what A had shown before. B leads; A follows at the rate that was found.
import { decide, onKey, say, tell } from "./desk.js";
import { labelOf, recorded, takeBack } from "./done.js";

const root = document.getElementById("compare");
const p = JSON.parse(root.dataset.player);
const sideB = document.getElementById("side-b");
const sideA = document.getElementById("side-a");
const b = sideB.querySelector("video, img.full");
const a = sideA.querySelector("video, img.full");
const moving = [b, a].filter((m) => m.tagName === "VIDEO");
const canvas = document.getElementById("canvas");
const both = document.getElementById("both");
const seek = document.getElementById("seek");
const time = document.getElementById("time");
const from = p.bStart / 1000, to = p.bEnd / 1000;
let mode = ""; // "", overlay, difference
let points = false;
let flipped = p.mirrored;

/** aTime is the moment of A that shows what B shows at t, in seconds. */
function aTime(t) {
	const at = p.rate < 0 ? p.aEnd / 1000 + (t - from) * p.rate : p.aStart / 1000 + (t - from) * p.rate;
	return Math.max(0, at);
}

const now = () => (b.tagName === "VIDEO" ? b.currentTime : from);

function go(t) {
	t = Math.min(Math.max(t, from), Math.max(from, to - p.frame / 2));
	if (b.tagName === "VIDEO") b.currentTime = t;
	if (a.tagName === "VIDEO") a.currentTime = aTime(t);
}

function clock(t) {
	const m = Math.floor(t / 60);
	return `${m}:${(t - 60 * m).toFixed(2).padStart(5, "0")}`;
}

function show() {
	const t = now();
	seek.value = Math.round(t * 1000);
	seek.setAttribute("aria-valuetext", clock(t));
	time.textContent = a.tagName === "VIDEO" ? `${clock(t)} = ${clock(a.currentTime)}` : clock(t);
	draw();
}

const playing = () => b.tagName === "VIDEO" && !b.paused;

function play() {
	if (!moving.length) return;
	if (playing()) {
		pause();
		return;
	}
	if (now() >= to - p.frame) go(from);
	if (a.tagName === "VIDEO" && p.rate > 0) a.playbackRate = Math.min(Math.max(p.rate, 0.1), 8);
	for (const m of moving) if (m === b || p.rate > 0) m.play().catch(() => {});
	root.classList.add("playing");
	requestAnimationFrame(tick);
}

function pause() {
	for (const m of moving) m.pause();
	root.classList.remove("playing");
	if (a.tagName === "VIDEO") a.currentTime = aTime(now());
	show();
}

function tick() {
	if (!playing()) return;
	if (b.currentTime >= to) {
		pause();
		return;
	}
	// A that runs away by more than two frames is set right; a video played backwards has to be set each time.
	if (a.tagName === "VIDEO" && !a.seeking && Math.abs(a.currentTime - aTime(b.currentTime)) > 2 * p.frame) a.currentTime = aTime(b.currentTime);
	show();
	requestAnimationFrame(tick);
}

function step(frames) {
	if (playing()) pause();
	go(now() + frames * p.frame);
}

function flip(on) {
	flipped = on;
	a.classList.toggle("flipped", flipped);
	document.getElementById("flip").setAttribute("aria-pressed", flipped);
	draw();
}

function look(next) {
	mode = mode === next ? "" : next;
	both.hidden = mode === "";
	for (const name of ["overlay", "difference"]) document.getElementById(name).setAttribute("aria-pressed", mode === name);
	document.getElementById("both-name").textContent = mode ? say(mode) : "";
	draw();
}

const size = (m) => (m.tagName === "VIDEO" ? [m.videoWidth, m.videoHeight] : [m.naturalWidth, m.naturalHeight]);

/** map takes a point of B's picture to A's, in 1/1024 of the longer side. */
function map(x, y) {
	const t = p.transform, w = t[6] * x + t[7] * y + 1;
	return [(t[0] * x + t[1] * y + t[2]) / w, (t[3] * x + t[4] * y + t[5]) / w];
}

// placed is the matrix that lays A's pixels over B's: the transform is taken as affine around the middle, and turned round.
function placed() {
	const [bw, bh] = size(b), [aw, ah] = size(a);
	const sb = Math.max(bw, bh) / 1024, sa = Math.max(aw, ah) / 1024;
	const cx = bw / sb / 2, cy = bh / sb / 2;
	const [x0, y0] = map(cx, cy), [x1, y1] = map(cx + 1, cy), [x2, y2] = map(cx, cy + 1);
	const ax = x1 - x0, ay = y1 - y0, bx = x2 - x0, by = y2 - y0, det = ax * by - bx * ay;
	const ia = by / det, ib = -ay / det, ic = -bx / det, id = ax / det;
	const k = sb / sa;
	return [ia * k, ib * k, ic * k, id * k, sb * (cx - ia * x0 - ic * y0), sb * (cy - ib * x0 - id * y0)];
}

function draw() {
	if (mode) {
		const [w, h] = size(b);
		if (!w || !size(a)[0]) return;
		canvas.width = w;
		canvas.height = h;
		const c = canvas.getContext("2d");
		c.drawImage(b, 0, 0, w, h);
		c.globalCompositeOperation = mode === "difference" ? "difference" : "source-over";
		c.globalAlpha = mode === "difference" ? 1 : 0.5;
		c.setTransform(...placed());
		c.drawImage(a, 0, 0, ...size(a));
	}
	drawPoints();
}

// drawPoints marks the same places on both sides: a grid over B, and where the transform takes it on A.
function drawPoints() {
	const [bw, bh] = size(b), [aw, ah] = size(a);
	const layers = [sideB, sideA].map((s) => s.querySelector("canvas.points"));
	for (const l of layers) l.hidden = !points || !bw || !aw;
	if (!points || !bw || !aw) return;
	const sb = Math.max(bw, bh) / 1024, sa = Math.max(aw, ah) / 1024;
	[layers[0].width, layers[0].height, layers[1].width, layers[1].height] = [bw, bh, aw, ah];
	const [cb, ca] = layers.map((l) => l.getContext("2d"));
	let n = 0;
	for (let row = 1; row <= 3; row++) {
		for (let column = 1; column <= 4; column++) {
			const x = (bw * column) / 5, y = (bh * row) / 4;
			let [u, v] = map(x / sb, y / sb);
			[u, v] = [u * sa, v * sa];
			n++;
			if (u < 0 || v < 0 || u > aw || v > ah) continue;
			mark(cb, x, y, n, bw);
			mark(ca, flipped ? aw - u : u, v, n, aw);
		}
	}
}

function mark(c, x, y, n, width) {
	const r = width / 50;
	c.lineWidth = width / 200;
	c.strokeStyle = "#000";
	c.fillStyle = "#ffd54a";
	c.beginPath();
	c.arc(x, y, r, 0, 7);
	c.fill();
	c.stroke();
	c.fillStyle = "#000";
	c.font = `bold ${r * 1.1}px sans-serif`;
	c.textAlign = "center";
	c.textBaseline = "middle";
	c.fillText(n, x, y);
}

// Deciding: one key, and the next comes. A key is heard once both pictures are there and the answer to the last one has come, so
// that none is taken for a decision on what nobody has seen yet.
const choices = [...document.querySelectorAll(".choice")];
let deciding = false;

const seen = new Set(); // sides that have shown their picture, or cannot

const ready = () => !deciding && seen.size === 2;

function showReady() {
	for (const m of [b, a]) {
		const veiled = m.tagName === "VIDEO" && !m.getAttribute("src"); // there is no picture until it is asked for
		if (veiled || m.error || (m.tagName === "VIDEO" ? m.readyState >= 2 && !m.seeking : m.complete)) seen.add(m);
	}
	for (const c of choices) c.setAttribute("aria-disabled", String(!ready()));
	root.classList.toggle("ready", ready());
}

async function choose(button, e) {
	if (e?.repeat || deciding) return; // the answer to the last key comes first
	if (!ready()) return tell(say("look"));
	const reason = document.getElementById("reason").value.trim();
	const on = root.dataset.subject;
	deciding = true;
	showReady();
	try {
		const entry = await decide({ on, do: "decide", base: root.dataset.base, reason: reason || undefined, with: { is: button.dataset.is } });
		if (!entry) return;
		recorded(on, entry.index, labelOf(button));
		location.assign(root.dataset.next);
	} catch {
		deciding = false; // it has been told why
		showReady();
	}
}

/** undo takes back the decision that this page shows, or else the last one of this tab. */
function undo() {
	const entry = Number(root.dataset.last);
	if (deciding) return;
	const is = choices.find((c) => c.getAttribute("aria-pressed") === "true");
	takeBack(entry ? { on: root.dataset.subject, entry, words: is ? labelOf(is) : "", at: location.pathname + location.search + location.hash } : undefined);
}

const acts = {
	" ": play, ",": () => step(-1), ".": () => step(1), f: () => flip(!flipped), o: () => look("overlay"), d: () => look("difference"),
	g: () => {
		points = !points;
		document.getElementById("points").setAttribute("aria-pressed", points);
		draw();
	},
	n: () => document.getElementById("next")?.click(), p: () => document.getElementById("before")?.click(),
};
acts.j = acts.n;
acts.k = acts.p;
for (const button of choices) acts[button.dataset.key] = (e) => choose(button, e);
if (choices.length) acts.u = undo;
for (const [key, act] of Object.entries(acts)) onKey(key, act);
for (const button of root.querySelectorAll("button[data-key]")) button.addEventListener("click", () => acts[button.dataset.key]());

seek.addEventListener("input", () => {
	if (playing()) pause();
	go(Number(seek.value) / 1000);
});
for (const m of [b, a]) {
	for (const event of ["seeked", "loadeddata", "load"]) m.addEventListener(event, show);
	for (const event of ["seeked", "loadeddata", "load", "error"]) m.addEventListener(event, showReady);
	m.addEventListener("error", () => tell(say("noplay"), true));
}
flip(p.mirrored);
if (b.tagName === "VIDEO") b.addEventListener("loadedmetadata", () => go(from), { once: true });
if (a.tagName === "VIDEO") a.addEventListener("loadedmetadata", () => go(now() || from), { once: true });
if (b.readyState >= 1 || a.readyState >= 1) go(from);
show();
showReady();
