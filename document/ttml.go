package document

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ttmlRoot is the root element of Timed Text Markup Language (W3C TTML1, EBU-TT-D, DFXP).
var ttmlRoot = regexp.MustCompile(`<(?:\w+:)?tt[\s>]`)

func looksTTML(head string) bool {
	return strings.HasPrefix(head, "<") && ttmlRoot.MatchString(head) && !strings.Contains(strings.ToLower(head), "<html")
}

// maxTTMLDepth bounds the elements within each other.
const maxTTMLDepth = 40

// A ttmlReader goes through the elements of a file once.
type ttmlReader struct {
	frames, ticks float64 // a second
	begin         []time.Duration
	cues          []rawCue
	cur           *rawCue
	text          strings.Builder
	bad, badLine  int
}

// extractTTML reads the paragraphs with their times; a span with times of its own is a cue of its own.
func extractTTML(text string) (Document, error) {
	r := ttmlReader{frames: 30, ticks: 1}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // decoded before
	var broken error
	for {
		token, err := d.RawToken()
		if err != nil {
			if err != io.EOF {
				broken = err
			}
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(r.begin) >= maxTTMLDepth {
				return Document{}, fmt.Errorf("%w: subtitles nested deeper than %d", ErrBroken, maxTTMLDepth)
			}
			line, _ := d.InputPos()
			r.start(t, line)
		case xml.EndElement:
			r.end(t.Name.Local)
		case xml.CharData:
			if r.cur != nil {
				r.text.Write(t)
			}
		}
	}
	r.flush()
	if len(r.cues) == 0 && broken != nil {
		return Document{}, fmt.Errorf("%w: subtitles: %w", ErrBroken, broken)
	}
	doc := subtitles(r.cues, r.bad, r.badLine)
	if broken != nil {
		doc.warn("truncated", "the subtitles break off: %v", broken)
	}
	return doc, nil
}

func (r *ttmlReader) start(t xml.StartElement, line int) {
	var begin, length time.Duration
	var end time.Duration
	hasBegin, hasEnd, hasLength := false, false, false
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "frameRate":
			r.frames = positive(a.Value, r.frames)
		case "tickRate":
			r.ticks = positive(a.Value, r.ticks)
		case "begin":
			begin, hasBegin = r.time(a.Value)
		case "end":
			end, hasEnd = r.time(a.Value)
		case "dur":
			length, hasLength = r.time(a.Value)
		}
	}
	around := time.Duration(0)
	if len(r.begin) > 0 {
		around = r.begin[len(r.begin)-1]
	}
	if hasLength && !hasEnd {
		end, hasEnd = begin+length, true
	}
	switch local := t.Name.Local; {
	case local == "br" && r.cur != nil:
		r.text.WriteByte('\n')
	case local == "p", local == "span" && r.cur != nil && hasBegin && hasEnd:
		if local == "span" && r.cur.untimed {
			r.cur.untimed = false // the paragraph holds spans with times
		}
		r.flush()
		c := rawCue{from: around + begin, to: max(around+begin, around+end), untimed: !hasEnd}
		if local == "p" && !hasEnd {
			if r.bad++; r.bad == 1 {
				r.badLine = line
			}
		}
		r.cur = &c
	}
	r.begin = append(r.begin, around+begin)
}

func (r *ttmlReader) end(local string) {
	if len(r.begin) > 0 {
		r.begin = r.begin[:len(r.begin)-1]
	}
	if local == "p" {
		r.flush()
		r.cur = nil
	}
}

// flush keeps the words since the cue began.
func (r *ttmlReader) flush() {
	if r.cur == nil {
		return
	}
	for line := range strings.SplitSeq(r.text.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			r.cur.lines = append(r.cur.lines, line)
		}
	}
	r.text.Reset()
	if len(r.cur.lines) > 0 {
		r.cues = append(r.cues, *r.cur)
		c := *r.cur
		c.lines = nil
		r.cur = &c
		return
	}
	if r.cur.untimed && r.bad > 0 {
		r.bad-- // an empty paragraph, or one whose spans have the times
	}
}

func positive(s string, fallback float64) float64 {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 0 && f < 1e9 {
		return f
	}
	return fallback
}

var ttmlOffset = regexp.MustCompile(`^(\d{1,12}(?:\.\d{1,9})?)(h|m|s|ms|f|t)$`)

// time reads a time expression: TTML1, 10.3.1.
func (r *ttmlReader) time(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if m := ttmlOffset.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64)
		unit := map[string]float64{"h": 3600, "m": 60, "s": 1, "ms": .001, "f": 1 / r.frames, "t": 1 / r.ticks}[m[2]]
		if n *= unit; n > 1e8 {
			return 0, false
		}
		return time.Duration(n*1e6+.5) * time.Microsecond, true
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 && len(parts) != 4 {
		return 0, false
	}
	total := 0.0
	for i, p := range parts {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n < 0 || n > 1e6 {
			return 0, false
		}
		if i == 3 {
			total += n / r.frames
			continue
		}
		total = total*60 + n
	}
	return time.Duration(min(total, 1e8)*1e6+.5) * time.Microsecond, true
}

// looksASS reports Advanced SubStation Alpha, or SSA before it.
func looksASS(head string) bool {
	return strings.HasPrefix(head, "[Script Info]") || strings.Contains(head, "\n[Events]") && strings.Contains(head, "\nDialogue:")
}

var assBreak = strings.NewReplacer(`\N`, "\n", `\n`, "\n", `\h`, " ")

// extractASS reads the dialogue lines in the order of the file; comments are not shown, and not read.
func extractASS(text string) Document {
	var cues []rawCue
	bad, badLine, number := 0, 0, 0
	format := []string{"layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"}
	events := false
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")) {
		number++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			events = strings.EqualFold(line, "[Events]")
			continue
		}
		key, rest, ok := strings.Cut(line, ":")
		if !ok || !events {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "format":
			format = format[:0]
			for f := range strings.SplitSeq(rest, ",") {
				format = append(format, strings.ToLower(strings.TrimSpace(f)))
			}
		case "dialogue":
			c, ok := assCue(format, rest)
			if !ok {
				if bad++; bad == 1 {
					badLine = number
				}
			}
			if len(c.lines) > 0 {
				cues = append(cues, c)
			}
		}
	}
	return subtitles(cues, bad, badLine)
}

func assCue(format []string, rest string) (rawCue, bool) {
	fields := strings.SplitN(rest, ",", len(format))
	get := func(name string) string {
		for i, f := range format {
			if f == name && i < len(fields) {
				return strings.TrimSpace(fields[i])
			}
		}
		return ""
	}
	c := rawCue{voice: get("name"), untimed: true}
	words := get("text")
	if words == "" {
		words = strings.TrimSpace(fields[len(fields)-1])
	}
	for line := range strings.SplitSeq(assBreak.Replace(words), "\n") {
		if _, plain := stripMarkup(line); plain != "" {
			c.lines = append(c.lines, plain)
		}
	}
	from, to, ok := timesOf(get("start") + " --> " + get("end"))
	if ok {
		c.from, c.to, c.untimed = from, to, false
	}
	return c, ok
}
