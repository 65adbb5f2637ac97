package claim

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Span is a stretch of bytes [Start, End) of the text.
type Span struct{ Start, End int }

// Kind says what a claim does.
type Kind string

// The kinds of claims.
const (
	Statement Kind = "statement"
	Order     Kind = "order"   // a demand, call or ban
	Denial    Kind = "denial"  // denies, rejects, disputes, knows nothing of
	Finding   Kind = "finding" // a check, analysis or evidence shows
	Count     Kind = "count"   // a figure is the point
	Plan      Kind = "plan"    // an intent, promise or announcement
)

// Commitment says how far the text vouches for a claim.
type Commitment string

// The commitments.
const (
	Asserted Commitment = "asserted" // the author says so in his own voice
	Reported Commitment = "reported" // somebody else's words
	Hedged   Commitment = "hedged"   // marked as unsure by author or source
)

// A Mention is a stretch of text that fills a field.
type Mention struct {
	Text  string // pieces joined by a blank
	Spans []Span
}

// A Conflict is a candidate contradiction with another claim, and why it is one.
type Conflict struct {
	With   string // id of the other claim
	Rule   string // denial, figures, contrast
	Reason string // for people
}

// A Claim is what is asserted: a content with its attribution, figures, time and places.
type Claim struct {
	ID         string
	Lang       string
	Content    Mention // verbatim; pieces joined by " … "
	Sentence   Span
	Source     Mention // as named there; empty: the author of the text
	Resolved   string  // whom the source's pronoun or short name means, or ""
	Basis      Mention // the source with its reporting noun, where it is wider: "Angaben der Polizei"
	Quotes     []Span  // quotations inside the attribution that the content was cut from
	Inherited  bool    // the source is carried over from a sentence before
	Channel    Mention
	Cue        Mention
	Form       string // direct, indirect, object, free, hearsay, author
	Kind       Kind
	Commitment Commitment
	Figures    []Figure
	About      *Interval
	Said       *Interval
	Times      []TimeRef
	Places     []PlaceRef
	Conflicts  []Conflict
	Frame      []Span        // the whole reported clause of an object: "fordert den Rücktritt"
	Unit       int           // claims cut from one attribution share it
	From, To   time.Duration // of a text with media time: since the first frame; the caller fills it, To 0 is none
	past       bool
	anaphor    bool
	denies     bool // its cue denies
	rejects    bool // its cue turns something down: a demand as well as a claim
	accuses    bool // its cue blames somebody
	contrast   bool // its clause has dagegen, however ...
	no         int  // number of its sentence
	text       *Document
}

// An Interval is a run of days, both inclusive, as YYYY-MM-DD; an empty end is open.
type Interval struct{ Start, End string }

// A Document is a text to read. Offsets in claims are bytes into Text.
type Document struct {
	ID        string
	Text      string
	Lang      string    // "de" or "en"; "" to detect by paragraph
	Published time.Time // the day relative times are counted from; zero: unknown
	Sections  []Section // languages of stretches, in order; may be empty
	_         struct{}  // callers name the fields
}

// A Section is a stretch of a text in one language.
type Section struct {
	Start, End int
	Lang       string
}

// A reader is one pass over one document.
type reader struct {
	doc      *Document
	lang     *language
	toks     []tok
	quotes   []quotation
	out      []Claim
	unit     int
	last     mention // the latest source
	heard    []mention
	carried  bool // the sentence before this one had a source
	turn     int  // sentences since the latest source
	pointed  bool // the latest frame pointed at an earlier claim without a content of its own
	buf      []clause
	raw      []Token
	clock    *Interval // the latest time an event of the text was given
	clockRef TimeRef
	sent     part
	sentNo   int
	measures measures
	speaker  mention // whose words a block is, by the line that opens it
}

// A mention is a source with what is needed to find it again.
type mention struct {
	Mention
	class class
	name  string // whom it means, when the text of the mention is a pronoun
}

func (m mention) empty() bool { return m.Text == "" }

// Read lists the claims of a document in the order of the text.
func Read(doc Document) []Claim {
	r := &reader{doc: &doc, out: make([]Claim, 0, len(doc.Text)/150+1)}
	blocks(doc.Text, func(from, to int) {
		r.lang = r.language(from, to)
		r.block(from, to)
	})
	for i := range r.out {
		r.out[i].ID = claimID(doc.ID, i+1)
	}
	r.conflicts()
	return r.out
}

func claimID(doc string, n int) string {
	s := strconv.Itoa(n)
	if len(s) < 2 {
		s = "0" + s
	}
	if doc == "" {
		return s
	}
	return doc + "-" + s
}

// language chooses the lexicon for a paragraph.
func (r *reader) language(from, to int) *language {
	all := languages()
	lang := r.doc.Lang
	from += len(r.doc.Text[from:to]) - len(strings.TrimLeftFunc(r.doc.Text[from:to], unicode.IsSpace)) // blank lines belong to the paragraph behind them
	i := sort.Search(len(r.doc.Sections), func(i int) bool { return r.doc.Sections[i].End > from })
	if i < len(r.doc.Sections) && r.doc.Sections[i].Start <= from && r.doc.Sections[i].Lang != "" {
		lang = r.doc.Sections[i].Lang
	}
	if l := all[lang]; l != nil {
		return l
	}
	return all[guessLanguage(r.doc.Text[from:to])]
}

// guessLanguage counts words that only one of the languages has.
func guessLanguage(text string) string {
	best, most := "", -1
	for _, name := range Languages() {
		n := 0
		l := languages()[name]
		for _, t := range Tokenize(text[:min(len(text), 4096)]) {
			if e := l.words[t.Lower]; e != nil && e.class&(cDet|cPrep|cConj|cSub|cThat|cPron) != 0 {
				n++
			}
		}
		if n > most {
			best, most = name, n
		}
	}
	return best
}

// block reads one paragraph.
func (r *reader) block(from, to int) {
	r.speaker = mention{}
	for _, s := range r.blockSentences(from, to) {
		r.sentence(s)
	}
}

// blockSentences makes a paragraph the one at hand and cuts it.
func (r *reader) blockSentences(from, to int) []part {
	r.raw = appendTokens(r.raw[:0], r.doc.Text[from:to], from)
	r.measures.done = false // a sentence of another block may have the same tokens
	r.toks = slices.Grow(r.toks[:0], len(r.raw))
	for _, t := range r.raw {
		r.toks = append(r.toks, tok{Token: t})
	}
	r.lang.annotate(r.toks)
	r.quotes = pairs(r.toks)
	parens(r.toks)
	return r.lang.sentences(r.toks, r.quotes)
}

// parens counts the parentheses around each token; one that is not closed soon is ignored.
func parens(toks []tok) {
	for i := 0; i < len(toks); i++ {
		if toks[i].Text != "(" && toks[i].Text != "[" {
			continue
		}
		for j := i + 1; j < len(toks) && j < i+80; j++ {
			if toks[j].Text == ")" || toks[j].Text == "]" {
				for n := i; n <= j; n++ {
					toks[n].depth = 1
				}
				i = j
				break
			}
		}
	}
}

// span returns the bytes of tokens p.
func (r *reader) span(p part) Span { return Span{r.toks[p.from].Start, r.toks[p.to-1].End} }

// mention makes the text of parts; sep joins them.
func (r *reader) mention(sep string, parts ...part) Mention {
	var m Mention
	var text []string
	for _, p := range parts {
		if p.empty() {
			continue
		}
		s := r.span(p)
		m.Spans = append(m.Spans, s)
		text = append(text, r.doc.Text[s.Start:s.End])
	}
	m.Text = strings.Join(text, sep)
	return m
}

// sentence reads one sentence: its attributions first, then what the author says himself.
func (r *reader) sentence(s part) {
	r.sent = s
	r.sentNo++
	cl := r.clauses(s, r.buf)
	r.buf = cl
	for n := 0; s.from == 0 && n < 3 && n+1 < len(cl); n++ {
		if r.dateline(clause{part: part{cl[0].from, cl[n].to}}, cl[n+1]) {
			cl = cl[n+1:]
			cl[0].lead = ""
			break
		}
	}
	if len(cl) == 0 {
		return
	}
	r.carried = r.turn == 0 && !r.last.empty()
	if f, ok := r.speakerLine(s); ok {
		start := len(r.out)
		r.report(s, cl, &f)
		if s.from == 0 && f.form != direct && f.content[0].to == s.to && len(r.out) > start {
			r.speaker = r.last
		}
		r.turn = 0
		sortByStart(r.out[start:])
		return
	}
	frames, used := r.frames(cl)
	start := len(r.out)
	for n := range frames {
		r.report(s, cl, &frames[n])
	}
	r.rest(s, cl, used, frames)
	if len(frames) == 0 {
		r.turn++
	}
	if len(r.out) == start {
		r.keepTime(s)
	}
	sortByStart(r.out[start:])
}

// dateline reports the place and agency before the dash: "KABUL (Wire) - Officials said".
func (r *reader) dateline(c, next clause) bool {
	if !among(next.lead, "- – — --") || c.to-c.from > 10 {
		return false
	}
	caps, month := true, false
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		if t.Text == "(" || t.Text == "/" {
			return true
		}
		caps = caps && (t.Kind != Word || acronym(t.Text))
		month = month || t.is(cMonth|cWeekday) || t.is(cAbbrev) && t.upper && i > c.from // "Goma, Feb 2 -"
	}
	return caps || month && c.to-c.from <= 6 && r.toks[c.from].upper
}

func sortByStart(c []Claim) {
	for i := 1; i < len(c); i++ {
		for j := i; j > 0 && c[j].Content.Spans[0].Start < c[j-1].Content.Spans[0].Start; j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
}
