package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"

	"beleg/claim"
)

// Columns between which a table of claims is set, and what is assumed when nobody looks.
const (
	narrowest, widest, assumed = 80, 120, 100
)

// columns returns how wide a table may be.
func (a *app) columns() int {
	n := assumed
	if f, ok := a.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			n = w
		}
	}
	if w, err := strconv.Atoi(a.env("COLUMNS")); err == nil && w > 0 {
		n = w
	}
	return min(max(n, narrowest), widest)
}

// A claimTable sets claims in columns that fit the width: seven, or, where that is narrow, four of which the last holds
// what the last four would.
type claimTable struct {
	app     *app
	out     io.Writer
	columns []column
	width   int            // of all columns with what is between them
	text    []rune         // of the document, nil when it is not at hand: then no sentences are shown
	last    [2]int         // the sentence shown last
	names   map[string]int // numbers of the claims by their ids
}

// A column holds what cell makes of a claim.
type column struct {
	heading string
	cell    func(claim.Line) string
	most    int // as wide as it gets; longer cells are wrapped
	width   int
}

const (
	// gap is the number of blanks between columns.
	gap = 2
	// roomy is the width from which on there are seven columns.
	roomy = 116
	// leastWhat is the least share of the content's column in percent; before it gets narrower, the widest other one shrinks.
	leastWhat = 34
	// columnWhat is the column for the content, which takes what the others leave.
	columnWhat = 2
)

// claimTable makes a table whose columns suit these claims.
func (a *app) claimTable(out io.Writer, lines []claim.Line) *claimTable {
	t := &claimTable{app: a, out: out, width: a.columns(), names: map[string]int{}, last: [2]int{-1, -1}}
	for _, l := range lines {
		t.number(l.ID)
	}
	t.columns = []column{
		{a.Say("claims.number"), func(l claim.Line) string { return strconv.Itoa(t.number(l.ID)) }, 5, 0},
		{a.Say("claims.source"), a.sourceCell, 26, 0},
		{a.Say("claims.what"), whatCell, 0, 0},
		{a.Say("claims.sure"), a.sureCell, 13, 0},
		{a.Say("claims.figures"), a.figuresCell, 20, 0},
		{a.Say("claims.when"), a.whenCell, 12, 0},
		{a.Say("claims.where"), whereCell, 16, 0},
	}
	if t.width < roomy {
		t.columns = append(t.columns[:columnWhat+1:columnWhat+1], stacked(t.columns[columnWhat+1:]))
	}
	t.fit(lines)
	return t
}

// stacked makes one column of several, the cells below each other.
func stacked(list []column) column {
	c := column{most: 24}
	var headings []string
	for _, one := range list {
		headings = append(headings, one.heading)
	}
	c.heading = strings.Join(headings, ", ")
	c.cell = func(l claim.Line) string {
		var cells []string
		for _, one := range list {
			if text := one.cell(l); text != "" {
				cells = append(cells, text)
			}
		}
		return strings.Join(cells, "\n")
	}
	return c
}

// fit chooses the widths.
func (t *claimTable) fit(lines []claim.Line) {
	room := t.width - gap*(len(t.columns)-1)
	for i := range t.columns {
		c := &t.columns[i]
		if i == columnWhat {
			continue
		}
		for part := range strings.SplitSeq(c.heading, ",") {
			c.width = max(c.width, cellsOf(strings.TrimSpace(part)))
		}
		for _, l := range lines {
			for part := range strings.SplitSeq(c.cell(l), "\n") {
				c.width = max(c.width, min(cellsOf(part), c.most))
			}
		}
		room -= c.width
	}
	for ; room < t.width*leastWhat/100; room++ {
		wide := 1
		for i, c := range t.columns {
			if c.width > t.columns[wide].width {
				wide = i
			}
		}
		t.columns[wide].width--
	}
	t.columns[columnWhat].width = room
}

func (t *claimTable) heading() {
	var cells []string
	for _, c := range t.columns {
		cells = append(cells, c.heading)
	}
	t.row(cells, sgrBold)
}

// row prints cells side by side, each wrapped to its column; line ends in a cell stay.
func (t *claimTable) row(cells []string, sgr string) {
	wrapped := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		wrapped[i] = wrap(c, t.columns[i].width)
		height = max(height, len(wrapped[i]))
	}
	for n := range height {
		var line strings.Builder
		for i, w := range wrapped {
			cell := ""
			if n < len(w) {
				cell = w[n]
			}
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", max(0, t.columns[i].width-cellsOf(cell))+gap))
		}
		text := strings.TrimRight(line.String(), " ")
		if sgr != "" {
			text = t.app.colour(sgr, text)
		}
		fmt.Fprintln(t.out, text)
	}
}

// claim prints one claim, before it its sentence, unless the claim before it stands in the same one or the claim is all of it.
func (t *claimTable) claim(l claim.Line) {
	if t.text != nil && l.Sentence != t.last {
		fmt.Fprintln(t.out)
		if !t.wholeSentence(l) {
			t.sentence(l)
		}
		t.last = l.Sentence
	}
	var cells []string
	for _, c := range t.columns {
		cells = append(cells, c.cell(l))
	}
	t.row(cells, "")
}

// wholeSentence reports a claim that is its whole sentence but for the marks around it.
func (t *claimTable) wholeSentence(l claim.Line) bool {
	c := l.ContentSpans
	return len(c) == 1 && c[0][1] <= len(t.text) && c[0][1]-c[0][0] <= maxContent && strings.TrimFunc(string(t.text[l.Sentence[0]:c[0][0]]), notWord) == "" &&
		strings.TrimFunc(string(t.text[min(c[0][1], l.Sentence[1]):l.Sentence[1]]), notWord) == ""
}

func notWord(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }

func (t *claimTable) number(id string) int {
	n, ok := t.names[id]
	if !ok {
		n = len(t.names) + 1
		t.names[id] = n
	}
	return n
}

// Longest content and sentence shown, in runes. News has no sentence of that length; a text without a full stop may be one.
const (
	maxContent  = 500
	maxSentence = 1200
)

func cut(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return string(r[:limit-1]) + "…"
}

// sentence prints the words around a claim, its content in colour.
func (t *claimTable) sentence(l claim.Line) {
	from, to := max(l.Sentence[0], 0), min(l.Sentence[1], len(t.text))
	for _, s := range l.ContentSpans { // a quotation may run on over its sentence
		from, to = min(from, s[0]), max(to, min(s[1], len(t.text)))
	}
	before, after := "", ""
	if first := l.ContentSpans[0][0]; to-from > maxSentence {
		if first-from > maxSentence/4 {
			from, before = first-maxSentence/4, "…"
		}
		if to-from > maxSentence {
			to, after = from+maxSentence, "…"
		}
	}
	var shown strings.Builder
	for i := from; i < to; i++ {
		for _, span := range l.ContentSpans {
			if i == span[0] {
				shown.WriteRune(markOn)
			}
			if i == span[1] {
				shown.WriteRune(markOff)
			}
		}
		shown.WriteString(visibleRune(t.text[i]))
	}
	const indent = 4
	lit := false
	for _, line := range wrap(before+shown.String()+after, t.width-indent) {
		line, lit = t.app.light(line, lit)
		fmt.Fprintln(t.out, strings.Repeat(" ", indent)+line)
	}
}

// markOn and markOff stand before and after a content while its sentence is wrapped. They are of the private use
// area, whose runes [visibleRune] never lets through.
const markOn, markOff = '\ue000', '\ue001'

// light replaces the marks of a line by colour, which ends with the line; lit says whether the line begins within a content.
func (a *app) light(line string, lit bool) (string, bool) {
	on, off, _ := strings.Cut(a.colour(sgrContent, "\x00"), "\x00")
	var out strings.Builder
	if lit {
		out.WriteString(on)
	}
	for _, r := range line {
		switch r {
		case markOn:
			out.WriteString(on)
			lit = true
		case markOff:
			out.WriteString(off)
			lit = false
		default:
			out.WriteRune(r)
		}
	}
	if lit {
		out.WriteString(off)
	}
	return out.String(), lit
}

// visibleRune returns what of a rune may go to a terminal: itself, a blank for white space, else its code, so that
// nothing in a text can steer the terminal or turn the order of what is read.
func visibleRune(r rune) string {
	switch {
	case unicode.IsSpace(r):
		return " "
	case unicode.IsPrint(r) && r != unicode.ReplacementChar:
		return string(r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

func visibleText(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(visibleRune(r))
	}
	return b.String()
}

// cellsOf is how many columns s takes: marks that stand on the letter before them take none, Chinese and Korean letters two.
func cellsOf(s string) (n int) {
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me) || r == markOn || r == markOff:
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0xff01 && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff:
		return 2
	}
	return 1
}

// wrap cuts visible text into lines of at most width columns, at blanks where there are any.
func wrap(text string, width int) (lines []string) {
	for part := range strings.SplitSeq(text, "\n") {
		line, used := "", 0
		for _, word := range strings.Fields(part) {
			for w := cellsOf(word); ; w = cellsOf(word) {
				if used > 0 && used+1+w <= width {
					line, used = line+" "+word, used+1+w
					break
				}
				if used > 0 {
					lines = append(lines, line)
					line, used = "", 0
				}
				if w <= width {
					line, used = word, w
					break
				}
				var head string
				head, word = splitWord(word, width)
				lines = append(lines, head)
			}
		}
		if used > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// splitWord cuts a word that is wider than a column; it takes one rune at least.
func splitWord(word string, width int) (head, rest string) {
	used := 0
	for i, r := range word {
		if used += runeCells(r); used > width && i > 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

func unique(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func whereCell(l claim.Line) string { return visibleText(strings.Join(unique(l.Places), ", ")) }

// whatCell is the content; where that is only what a verb is done to ("any involvement"), with the verb before it.
func whatCell(l claim.Line) string {
	what := visibleText(cut(l.Content, maxContent))
	if l.Form == "object" && l.Cue != nil && !strings.Contains(l.Content, *l.Cue) {
		what = visibleText(*l.Cue) + ": " + what
	}
	return what
}

// sourceCell names who is made responsible, whom that means, and the channel.
func (a *app) sourceCell(l claim.Line) string {
	if l.Source == nil {
		return a.Say("claims.author")
	}
	s := visibleText(*l.Source)
	for _, also := range l.SourceAlso {
		if also = visibleText(also); !strings.EqualFold(also, s) && also != "@author" {
			s += "\n= " + also
			break
		}
	}
	if channel := channelName(l); channel != "" && !strings.Contains(s, channel) {
		s += "\n" + a.Say("claims.channel", channel)
	}
	return s
}

// channelName is the channel without the preposition that may stand before it.
func channelName(l claim.Line) string {
	if l.Channel == nil {
		return ""
	}
	first, rest, more := strings.Cut(visibleText(*l.Channel), " ")
	if more && slices.Contains([]string{"in", "im", "auf", "über", "via", "to", "on", "an", "am", "per", "through"}, strings.ToLower(first)) {
		return rest
	}
	return visibleText(*l.Channel)
}

// sureCell says how far the text vouches, and what the claim does where that is more than to state.
func (a *app) sureCell(l claim.Line) string {
	s := a.Maybe("commitment.", string(l.Commitment))
	if l.Kind != claim.Statement {
		s += "\n" + a.Maybe("claim.", string(l.Kind))
	}
	return s
}

var comparators = map[string]string{"=": "", ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "~": "≈ "}

func (a *app) figuresCell(l claim.Line) string {
	var lines []string
	for _, f := range l.Figures {
		s := comparators[f.Cmp] + number(f.Value)
		if f.Max > f.Value {
			s += "–" + number(f.Max)
		}
		switch {
		case f.Of != "":
			s += " " + visibleText(f.Of)
		case f.Unit != "":
			s += " " + visibleText(a.Maybe("unit.", f.Unit))
		}
		if f.Event != "" && f.Event != f.Unit {
			s += " (" + a.Maybe("event.", f.Event) + ")"
		}
		lines = append(lines, s)
	}
	return strings.Join(unique(lines), "\n")
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// whenCell tells the time that a claim speaks about, the time it was said when that is another, and its place in a recording.
func (a *app) whenCell(l claim.Line) string {
	var lines []string
	if l.Time != nil {
		lines = append(lines, seconds(l.Time[0])+"-"+seconds(l.Time[1]))
	}
	about := a.days(l.About)
	if about != "" {
		lines = append(lines, about)
	}
	if said := a.days(l.Said); said != "" && said != about {
		lines = append(lines, a.Say("claims.said", said))
	}
	return strings.Join(lines, "\n")
}

func (a *app) days(d *claim.LineDays) string {
	switch {
	case d == nil || d.Start == nil && d.End == nil:
		return ""
	case d.Start == nil:
		return a.Say("claims.until", *d.End)
	case d.End == nil:
		return a.Say("claims.since", *d.Start)
	case *d.Start == *d.End:
		return *d.Start
	}
	return *d.Start + " – " + *d.End
}

// conflicts prints the candidate contradictions among lines, each pair once. Claims that lines does not hold are left out.
func (t *claimTable) conflicts(lines []claim.Line) {
	byID := map[string]claim.Line{}
	for _, l := range lines {
		byID[l.ID] = l
	}
	a, told := t.app, map[[2]string]bool{}
	for _, l := range lines {
		for i, with := range l.Contradicts {
			other, here := byID[with]
			if !here || told[[2]string{with, l.ID}] {
				continue
			}
			if len(told) == 0 {
				fmt.Fprintf(t.out, "\n%s\n", a.bold(a.Say("conflict.heading")))
			}
			told[[2]string{l.ID, with}] = true
			rule := ""
			if i < len(l.Rules) {
				rule = l.Rules[i]
			}
			text := a.Say("conflict.line", t.number(l.ID), t.number(with), a.conflict(rule, l, other))
			for n, line := range wrap(text, t.width-4) {
				fmt.Fprintln(t.out, strings.Repeat(" ", min(n, 1)*2+2)+line)
			}
		}
	}
}

// conflict gives the reason of a candidate in the person's language.
func (a *app) conflict(rule string, l, other claim.Line) string {
	switch rule {
	case "denial":
		switch claim.Denial {
		case other.Kind:
			return a.Say("conflict.denial", a.who(other), a.who(l))
		case l.Kind:
			return a.Say("conflict.denial", a.who(l), a.who(other))
		}
		return a.Say("conflict.more", a.who(other), a.who(l))
	case "figures":
		return a.Say("conflict.figures", a.who(l), flat(a.figuresCell(l)), a.who(other), flat(a.figuresCell(other)))
	}
	return a.Say("conflict.contrast", a.who(l), a.who(other))
}

func flat(s string) string { return strings.ReplaceAll(s, "\n", ", ") }

// who names the speaker of a claim, with pronouns resolved.
func (a *app) who(l claim.Line) string {
	for _, also := range l.SourceAlso {
		if also != "@author" {
			return visibleText(also)
		}
	}
	if l.Source == nil {
		return a.Say("claims.author")
	}
	return visibleText(*l.Source)
}
