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

var timing = regexp.MustCompile(`^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})(\s.*)?$`)

// looksSubtitles reports a WebVTT header, or a timing line as first or, after a counter, second line that is not blank.
func looksSubtitles(head string) bool {
	if strings.HasPrefix(head, "WEBVTT") {
		return len(head) == 6 || strings.ContainsRune(" \t\r\n", rune(head[6]))
	}
	n := 0
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if timing.MatchString(line) {
			return true
		}
		if _, err := strconv.Atoi(line); err != nil || n > 0 {
			return false
		}
		n++
	}
	return false
}

// rawCue is a cue as the file has it: its lines without markup.
type rawCue struct {
	from, to time.Duration
	voice    string
	lines    []string
}

func extractSubtitles(text string) Document {
	d := Document{Kind: Subtitles, Extractor: Extractor{Name: "beleg-subtitles", Parameters: "pause=3s"}}
	raw, bad, badLine := parseCues(text)
	if bad > 0 {
		d.warn("cue-broken", "%d cues without readable time were left out, the first at line %d", bad, badLine)
	}
	if len(raw) > maxCues {
		d.warn("truncated", "only the first %d of %d cues were read", maxCues, len(raw))
		raw = raw[:maxCues]
	}
	if !slices.IsSortedFunc(raw, func(a, b rawCue) int { return int(max(-1, min(1, a.from-b.from))) }) {
		d.warn("cue-order", "cues are not in the order of their times; they were kept in the order of the file")
	}
	d.joinCues(dropRepeats(raw))
	return d
}

// parseCues reads SRT and WebVTT alike: blocks apart by blank lines, each with a timing line
// before its text. Blocks of WebVTT without cue (NOTE, STYLE, REGION, the header) hold no timing line.
func parseCues(text string) (cues []rawCue, bad, badLine int) {
	var cur *rawCue
	number, blankBefore, comment := 0, true, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		m := timing.FindStringSubmatch(line)
		switch {
		case strings.TrimSpace(line) == "":
			cur, blankBefore, comment = nil, true, false
			continue
		case comment:
		case blankBefore && (line == "STYLE" || line == "REGION" || line == "NOTE" || strings.HasPrefix(line, "NOTE ") || number == 1):
			comment = m == nil && (number > 1 || strings.HasPrefix(line, "WEBVTT"))
		}
		switch {
		case comment:
		case m != nil:
			// Some files lack the blank line: the counter before this cue then is the last line of the one before.
			if cur != nil && len(cur.lines) > 0 && isCounter(cur.lines[len(cur.lines)-1]) {
				cur.lines = cur.lines[:len(cur.lines)-1]
			}
			from, to := clock(m[1]), clock(m[2])
			cues = append(cues, rawCue{from: from, to: max(from, to)})
			cur = &cues[len(cues)-1]
		case strings.Contains(line, "-->"):
			bad++
			if bad == 1 {
				badLine = number
			}
			cur = nil
		case cur != nil:
			voice, plain := stripMarkup(line)
			if cur.voice == "" {
				cur.voice = voice
			}
			if plain != "" {
				cur.lines = append(cur.lines, plain)
			}
		}
		blankBefore = false
	}
	return cues, bad, badLine
}

func isCounter(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// clock reads "1:02:03,450" and "02:03.4"; the form was checked. Hours beyond what time.Duration holds are cut.
func clock(s string) time.Duration {
	s, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	total := time.Duration(0)
	for f := range strings.SplitSeq(s, ":") {
		n, err := strconv.Atoi(f)
		if err != nil || n > 1_000_000 {
			n = 1_000_000
		}
		total = total*60 + time.Duration(n)
	}
	ms, _ := strconv.Atoi((fraction + "00")[:3])
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
		if len(out) > 0 && c.from-out[len(out)-1].to < time.Second {
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
		d.Cues = append(d.Cues, Cue{Start: start, End: b.Len(), From: c.from, To: c.to, Voice: c.voice})
	}
	d.Text = b.String()
	d.Paragraphs = splitParagraphs(d.Text, true)
}

func newParagraph(before, after rawCue, text string) bool {
	if before.voice != after.voice || isDialogue(after.lines[0]) {
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
