package document

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cue is a stretch of the text with the media time at which it was shown, since the first frame.
type Cue struct {
	Start int           `json:"start"`
	End   int           `json:"end"`
	From  time.Duration `json:"from"` // nanoseconds
	To    time.Duration `json:"to"`
	Voice string        `json:"voice,omitempty"` // who speaks, where WebVTT says so
}

// At returns the media time of the cues that text bytes [start, end) lie in; false when there are none.
func (d Document) At(start, end int) (from, to time.Duration, ok bool) {
	for _, c := range d.Cues {
		if c.Start >= end || c.End <= start {
			continue
		}
		if !ok || c.From < from {
			from = c.From
		}
		if !ok || c.To > to {
			to = c.To
		}
		ok = true
	}
	return from, to, ok
}

// maxCues bounds memory; ten hours with a cue a second have 36,000.
const maxCues = 500_000

// pause is the silence after which a new paragraph begins.
const pause = 3 * time.Second

// A timing line, as SubRip and WebVTT have it and as people write it by hand: any arrow, any mark before the fraction or
// none, a minus before a time that an editor moved below zero.
var (
	stamp  = `(-?\s?(?:\d+:)?\d{1,3}:\d{1,2}(?:\s?[.,:;]\s?\d{1,3})?)`
	arrow  = `\s*(?:-{1,3}\s?>|[–—―]+>|=+>|[→⟶➔]|-{1,2}&gt;)\s*`
	timing = regexp.MustCompile(`^\s*` + stamp + arrow + stamp + `(\s.*)?$`)
	// SBV, as YouTube hands it out.
	sbvTiming = regexp.MustCompile(`^\s*(\d+:\d{2}:\d{2}\.\d{1,3}),(\d+:\d{2}:\d{2}\.\d{1,3})\s*$`)
	// brokenTiming is a timing line of which a time cannot be read.
	brokenTiming = regexp.MustCompile(`^\s*(?:-?\d{1,3}:\d{1,2}\S{0,12}` + arrow + `|\S{0,16}\s*--+>\s*-?\d{1,3}:\d)`)
)

// timesOf returns the times of a timing line.
func timesOf(line string) (from, to time.Duration, ok bool) {
	m := timing.FindStringSubmatch(line)
	if m == nil {
		m = sbvTiming.FindStringSubmatch(line)
	}
	if m == nil {
		return 0, 0, false
	}
	from, to = clock(m[1]), clock(m[2])
	return from, max(from, to), true
}

// creditLines is how many lines may stand before the first timing line: who made the subtitles.
const creditLines = 12

// looksSubtitles reports a WebVTT header, or a timing line near the head that a counter or a blank line stands before. Behind other
// words it takes a second one: a text may speak of a time once.
func looksSubtitles(head string) bool {
	if strings.HasPrefix(head, "WEBVTT") {
		return len(head) == 6 || strings.ContainsRune(" \t\r\n", rune(head[6]))
	}
	words, found, before := 0, 0, ""
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(head, "\r\n", "\n"), "\r", "\n")) {
		line = strings.TrimSpace(line)
		if _, _, ok := timesOf(line); ok && (before == "" || isCounter(before)) {
			found++
			if words == 0 || found == 2 {
				return true
			}
		} else if line != "" && !isCounter(line) {
			if words++; words > creditLines && found == 0 {
				return false
			}
		}
		before = line
	}
	return false
}

// rawCue is a cue as the file has it: its lines without markup.
type rawCue struct {
	from, to time.Duration
	untimed  bool // words without a readable time: those before the first cue, or under a broken timing line
	voice    string
	lines    []string
}

func extractSubtitles(text string) Document {
	raw, bad, badLine := parseCues(text)
	return subtitles(raw, bad, badLine)
}

// subtitles makes a document of cues, whatever format they came in.
func subtitles(raw []rawCue, bad, badLine int) Document {
	d := Document{Kind: Subtitles, Extractor: Extractor{Name: "beleg-subtitles", Parameters: "pause=3s"}}
	if bad > 0 {
		d.warn("cue-broken", "%d cues have no readable time, the first at line %d: their words are kept without one", bad, badLine)
	}
	if len(raw) > maxCues {
		d.warn("truncated", "only the first %d of %d cues were read", maxCues, len(raw))
		raw = raw[:maxCues]
	}
	if !slices.IsSortedFunc(raw, func(a, b rawCue) int {
		if a.untimed || b.untimed {
			return 0
		}
		return int(max(-1, min(1, a.from-b.from)))
	}) {
		d.warn("cue-order", "cues are not in the order of their times; they were kept in the order of the file")
	}
	d.joinCues(dropRepeats(raw))
	return d
}

// A cueParser reads SRT, SBV and WebVTT alike, line by line.
type cueParser struct {
	lines        []string
	cues         []rawCue
	bad, badLine int
	comment      bool // within a block of WebVTT that holds no cue
}

// parseCues finds the timing lines; all words between them belong to the cue before, blank lines or not: people leave
// blank lines within cues, and a word must not be lost. Blocks of WebVTT without cue (NOTE, STYLE, REGION, the header) are left out.
func parseCues(text string) (cues []rawCue, bad, badLine int) {
	p := cueParser{lines: strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")}
	for i := range p.lines {
		p.line(i)
	}
	return p.cues, p.bad, p.badLine
}

func (p *cueParser) line(i int) {
	line := p.lines[i]
	from, to, timed := timesOf(line)
	switch {
	case strings.TrimSpace(line) == "":
		p.comment = false
	case timed:
		p.comment = false
		p.cues = append(p.cues, rawCue{from: from, to: to})
	case p.comment:
	case i == 0 && strings.HasPrefix(line, "WEBVTT"),
		p.blankBefore(i) && (line == "STYLE" || line == "REGION" || line == "NOTE" || strings.HasPrefix(line, "NOTE ")):
		p.comment = true
	case brokenTiming.MatchString(line):
		if p.bad++; p.bad == 1 {
			p.badLine = i + 1
		}
		p.cues = append(p.cues, rawCue{untimed: true})
	case p.names(i):
	default:
		p.words(line)
	}
}

func (p *cueParser) blankBefore(i int) bool { return i == 0 || strings.TrimSpace(p.lines[i-1]) == "" }

// names reports whether line i is no words but the counter of the cue that follows, or its name in WebVTT.
func (p *cueParser) names(i int) bool {
	next := i + 1
	for next < len(p.lines) && strings.TrimSpace(p.lines[next]) == "" {
		next++
	}
	if next == len(p.lines) {
		return false
	}
	_, _, timed := timesOf(p.lines[next])
	timed = timed || brokenTiming.MatchString(p.lines[next])
	named := next == i+1 && p.blankBefore(i) && strings.HasPrefix(p.lines[0], "WEBVTT")
	return timed && (isCounter(p.lines[i]) || named)
}

func (p *cueParser) words(line string) {
	if len(p.cues) == 0 {
		p.cues = append(p.cues, rawCue{untimed: true})
	}
	cur := &p.cues[len(p.cues)-1]
	voice, plain := stripMarkup(line)
	if cur.voice == "" {
		cur.voice = voice
	}
	if plain != "" {
		cur.lines = append(cur.lines, plain)
	}
}

func isCounter(s string) bool {
	_, err := strconv.Atoi(strings.TrimSpace(s))
	return err == nil
}

// clock reads "1:02:03,450", "02:03.4", "00:00:01" and "00:00:01:250"; the form was checked. A time below zero is zero, hours beyond
// what time.Duration holds are cut.
func clock(s string) time.Duration {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ',', ';':
			return '.'
		case ' ', '\t', '\u00a0':
			return -1
		}
		return r
	}, s)
	if strings.HasPrefix(s, "-") {
		return 0
	}
	if i := strings.LastIndexByte(s, ':'); strings.Count(s, ":") == 3 {
		s = s[:i] + "." + s[i+1:]
	}
	s, fraction, _ := strings.Cut(s, ".")
	total := time.Duration(0)
	for f := range strings.SplitSeq(s, ":") {
		n, err := strconv.Atoi(f)
		if err != nil || n > 1_000_000 {
			n = 1_000_000
		}
		total = total*60 + time.Duration(n)
	}
	ms, _ := strconv.Atoi((fraction + "000")[:3])
	return min(total, 1_000_000*3600)*time.Second + time.Duration(ms)*time.Millisecond
}

var (
	voiceTag = regexp.MustCompile(`<v(?:\.[^\s>]*)?\s+([^>]*)>`)
	markup   = regexp.MustCompile(`</?[A-Za-z][^<>]{0,200}>|<\d[\d:.]*>|\{\\[^{}]{0,200}\}`)
	spaces   = regexp.MustCompile(`[ \t\x{a0}]+`)
)

func stripMarkup(line string) (voice, plain string) {
	if m := voiceTag.FindStringSubmatch(line); m != nil {
		voice = strings.TrimSpace(html.UnescapeString(m[1]))
	}
	plain = html.UnescapeString(markup.ReplaceAllString(line, ""))
	return voice, strings.TrimSpace(spaces.ReplaceAllString(plain, " "))
}

// dropRepeats takes out the lines that rolling captions show again: those at the head of a cue that
// stand at the tail of the one before. A cue of which nothing is left lengthens that one.
func dropRepeats(raw []rawCue) []rawCue {
	var out []rawCue
	var shown []string // the lines of the cue before, as they were
	for _, c := range raw {
		lines := c.lines
		n := 0
		if len(out) > 0 && !c.untimed && c.from-out[len(out)-1].to < time.Second {
			n = overlap(shown, lines)
		}
		shown = lines
		c.lines = lines[n:]
		if len(c.lines) > 0 {
			out = append(out, c)
		} else if n > 0 {
			last := &out[len(out)-1]
			last.to = max(last.to, c.to)
		}
	}
	return out
}

// overlap returns the length of the longest tail of a that is a head of b; cues have few lines.
func overlap(a, b []string) int {
	for n := min(len(a), len(b), 8); n > 0; n-- {
		if slices.Equal(a[len(a)-n:], b[:n]) {
			return n
		}
	}
	return 0
}

// joinCues makes running text, so that sentences over several cues are whole. A paragraph ends where
// the voice changes, at a dialogue dash, or where a sentence is over and silence follows.
func (d *Document) joinCues(raw []rawCue) {
	var b strings.Builder
	for i, c := range raw {
		if i > 0 {
			if before := raw[i-1]; newParagraph(before, c, b.String()) {
				b.WriteString("\n\n")
			} else {
				b.WriteByte(' ')
			}
		}
		start := b.Len()
		for k, line := range c.lines {
			switch {
			case k == 0:
			case isDialogue(line):
				b.WriteByte('\n')
			default:
				b.WriteByte(' ')
			}
			b.WriteString(line)
		}
		if !c.untimed {
			d.Cues = append(d.Cues, Cue{Start: start, End: b.Len(), From: c.from, To: c.to, Voice: c.voice})
		}
	}
	d.Text = b.String()
	d.Paragraphs = splitParagraphs(d.Text, true)
}

func newParagraph(before, after rawCue, text string) bool {
	if before.voice != after.voice || before.untimed != after.untimed || isDialogue(after.lines[0]) {
		return true
	}
	ended := strings.ContainsAny(lastRune(strings.TrimRight(text, `"”“«»')]`)), ".!?…")
	return ended && after.from-before.to >= pause
}

func lastRune(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]&0xc0 != 0x80 {
			return s[i:]
		}
	}
	return ""
}

func isDialogue(line string) bool {
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "– ") || strings.HasPrefix(line, "— ")
}
