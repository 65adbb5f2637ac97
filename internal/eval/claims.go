package eval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"beleg/claim"
)

// ReadTextFolder reads NAME.txt with NAME.meta.json (id, lang, date) for each text of a folder.
func ReadTextFolder(dir string) ([]claim.Document, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var docs []claim.Document
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		doc := claim.Document{ID: strings.TrimSuffix(filepath.Base(n), ".txt"), Text: string(b)}
		m, err := os.ReadFile(strings.TrimSuffix(n, ".txt") + ".meta.json")
		if err == nil {
			var meta struct{ Lang, Date string }
			if err := json.Unmarshal(m, &meta); err != nil {
				return nil, fmt.Errorf("read meta of %s: %w", doc.ID, err)
			}
			doc.Lang = meta.Lang
			doc.Published, _ = time.Parse(time.DateOnly, meta.Date)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// WriteClaims reads the claims of every document and writes them one a line. It returns the time
// that reading took on one core, writing not counted.
func WriteClaims(w io.Writer, docs []claim.Document) (time.Duration, error) {
	var took time.Duration
	for _, d := range docs {
		start := time.Now()
		claims := claim.Read(d)
		took += time.Since(start)
		if err := claim.WriteJSON(w, d, claims); err != nil {
			return took, err
		}
	}
	return took, nil
}

// A corpusDoc is one line of a public corpus in the common form; offsets are code points.
type corpusDoc struct {
	ID, Lang, Date, Text string
	Attributions         []corpusAttribution
}

type corpusAttribution struct {
	Type    string   `json:"type,omitempty"`
	Content [][2]int `json:"content"`
	Source  [][2]int `json:"source"`
}

// ScoreCorpus reads a corpus of attributions (one document a line), writes what we find in its form
// to w and scores it.
func ScoreCorpus(w io.Writer, corpus io.Reader) (*CorpusScore, error) {
	score := &CorpusScore{Forms: map[string]*FormScore{}, Missed: map[string][2]int{}}
	claim.Read(claim.Document{Text: "Nichts. Nothing."}) // load the lexicon before the clock runs
	dec, enc := json.NewDecoder(bufio.NewReader(corpus)), json.NewEncoder(w)
	for {
		var d corpusDoc
		if err := dec.Decode(&d); err == io.EOF {
			return score, nil
		} else if err != nil {
			return nil, fmt.Errorf("read corpus: %w", err)
		}
		doc := claim.Document{ID: d.ID, Lang: d.Lang, Text: d.Text}
		doc.Published, _ = time.Parse(time.DateOnly, d.Date)
		start := time.Now()
		found := Attributions(doc)
		score.Took, score.Bytes = score.Took+time.Since(start), score.Bytes+int64(len(d.Text))
		score.add(d, found)
		out := struct {
			ID           string              `json:"id"`
			Attributions []corpusAttribution `json:"attributions"`
		}{d.ID, found}
		if err := enc.Encode(out); err != nil {
			return nil, err
		}
	}
}

// Attributions gives the claims of a document in the grain of the quotation corpora: claims cut from
// one attribution are one again, a run of continuations is one, an object frame is its whole clause,
// and a quotation inside a content is listed as well.
func Attributions(doc claim.Document) []corpusAttribution {
	points := make([]int32, len(doc.Text)+1)
	n := int32(0)
	for i := range points {
		points[i] = n
		if i < len(doc.Text) && doc.Text[i]&0xc0 != 0x80 {
			n++
		}
	}
	at := func(spans []claim.Span) [][2]int {
		out := [][2]int{}
		for _, s := range spans {
			a := int(points[s.Start])
			out = append(out, [2]int{a, int(points[s.Start]) + len([]rune(doc.Text[s.Start:s.End]))})
		}
		return out
	}
	out := []corpusAttribution{}
	unit, form := -1, ""
	for _, c := range claim.Read(doc) {
		if c.Form == "author" {
			form = c.Form
			continue
		}
		content := c.Content.Spans
		if c.Form == "object" && len(c.Frame) > 0 {
			content = c.Frame
			if len(c.Source.Spans) == 0 || c.Kind == claim.Denial || c.Kind == claim.Finding || c.Kind == claim.Statement && !strings.Contains(c.Cue.Text, "von") {
				out, unit, form = appendQuotes(out, doc.Text, at, c), c.Unit, c.Form
				continue
			}
		}
		merge := c.Unit == unit || c.Form == "free" && (form == "free")
		if merge && len(out) > 0 {
			last := &out[len(out)-1]
			last.Content = append(last.Content, at(content)...)
		} else {
			out = append(out, corpusAttribution{Type: c.Form, Content: at(content), Source: at(basis(c))})
		}
		if c.Unit != unit {
			out = appendQuotes(out, doc.Text, at, c)
		}
		unit, form = c.Unit, c.Form
	}
	return out
}

// basis is the source as the corpora mark it: with its reporting noun.
func basis(c claim.Claim) []claim.Span {
	if len(c.Basis.Spans) > 0 {
		return c.Basis.Spans
	}
	return c.Source.Spans
}

// appendQuotes lists the quotations inside a content, names in quotation marks aside.
func appendQuotes(out []corpusAttribution, text string, at func([]claim.Span) [][2]int, c claim.Claim) []corpusAttribution {
	for _, q := range c.Quotes {
		if len(c.Content.Spans) == 1 && q.End-q.Start > (c.Content.Spans[0].End-c.Content.Spans[0].Start)*9/10 {
			continue
		}
		if title(text[q.Start:q.End]) {
			continue
		}
		out = append(out, corpusAttribution{Type: "quote", Content: at([]claim.Span{q}), Source: at(basis(c))})
	}
	return out
}

// title reports a quotation that is a name: one capitalised word, or nothing but such.
func title(s string) bool {
	for _, w := range strings.Fields(strings.Trim(s, "„“”\"»«")) {
		if w[0] >= 'a' && w[0] <= 'z' || w[0] >= 0x80 {
			return false
		}
	}
	return true
}
