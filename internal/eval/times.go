package eval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"time"
	"unicode"
	"unicode/utf8"

	"beleg/claim"
)

// TimeScore counts expressions of time found by [claim.Times] against annotated ones, in the sense of
// TempEval-3 (UzZaman et al., SemEval 2013, task 1): relaxed matches overlap, strict ones have the same
// ends. Matches are one to one.
type TimeScore struct {
	Docs, Gold, Predicted, Relaxed, Strict int
	Values, ValuesRight                    int // matched dates annotated to the day, month or year; those we resolved to the same days
	GoldByType, FoundByType                map[string]int
	Errors                                 []string // one line for each miss and each false one, in document order
}

// F1 returns relaxed precision, recall and their harmonic mean.
func (s TimeScore) F1() (p, r, f float64) { return f1(s.Relaxed, s.Predicted, s.Gold) }

func f1(hits, predicted, gold int) (p, r, f float64) {
	p, r = ratio(hits, predicted), ratio(hits, gold)
	if p+r > 0 {
		f = 2 * p * r / (p + r)
	}
	return p, r, f
}

type timexDoc struct {
	ID, Lang, Date, Text string
	Timex                []struct {
		S, E        int // code points
		Type, Value string
	}
}

// ScoreTimes reads documents of the krauts form, one JSON object a line ({"id", "lang", "date",
// "text", "timex": [{"s", "e", "type", "value"}]}, offsets in code points), and scores claim.Times.
func ScoreTimes(gold io.Reader) (TimeScore, error) {
	s := TimeScore{GoldByType: map[string]int{}, FoundByType: map[string]int{}}
	lines := bufio.NewScanner(gold)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var d timexDoc
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return s, fmt.Errorf("read time corpus, document %d: %w", s.Docs+1, err)
		}
		published, err := time.Parse("2006-01-02", d.Date)
		if err != nil {
			return s, fmt.Errorf("read time corpus, document %s: %w", d.ID, err)
		}
		s.Docs++
		s.score(d, published)
	}
	return s, lines.Err()
}

func (s *TimeScore) score(d timexDoc, published time.Time) {
	offsets := codePointOffsets(d.Text)
	type span struct {
		from, to int
		ref      claim.TimeRef
	}
	var pred []span
	for _, toks := range sentencesOf(claim.Tokenize(d.Text)) {
		for _, r := range claim.Times(d.Lang, toks, published, claim.TenseUnknown) {
			if len(r.Parts) == 0 {
				pred = append(pred, span{r.Start, r.End, r})
			}
			for _, p := range r.Parts {
				pred = append(pred, span{p[0], p[1], r})
			}
		}
	}
	s.Predicted += len(pred)
	used := make([]bool, len(pred))
	for _, g := range d.Timex {
		if g.S < 0 || g.E >= len(offsets) || g.S >= g.E {
			continue
		}
		from, to := offsets[g.S], offsets[g.E]
		s.Gold++
		s.GoldByType[g.Type]++
		hit := -1
		for k, p := range pred {
			if !used[k] && p.from < to && from < p.to && (hit < 0 || p.from == from && p.to == to) {
				hit = k
			}
		}
		if hit < 0 {
			s.Errors = append(s.Errors, fmt.Sprintf("miss  %s %q %s", g.Type, around(d.Text, from, to), g.Value))
			continue
		}
		p := pred[hit]
		used[hit] = true
		s.Relaxed++
		s.FoundByType[g.Type]++
		if p.from == from && p.to == to {
			s.Strict++
		}
		if g.Type == "DATE" && calendarValue(g.Value) {
			s.Values++
			if p.ref.Resolved && p.ref.EDTF == g.Value || len(p.ref.Parts) > 0 {
				s.ValuesRight++
			} else {
				s.Errors = append(s.Errors, fmt.Sprintf("value %s %q want %s got %q (%s, published %s)", g.Type, around(d.Text, from, to), g.Value, p.ref.EDTF, p.ref.Rule, d.Date))
			}
		}
	}
	for k, p := range pred {
		if !used[k] {
			s.Errors = append(s.Errors, fmt.Sprintf("false %q %s", around(d.Text, p.from, p.to), p.ref.Rule))
		}
	}
}

// Print writes the table.
func (s TimeScore) Print(w io.Writer) {
	p, r, f := s.F1()
	fmt.Fprintf(w, "documents %d  gold %d  predicted %d\n", s.Docs, s.Gold, s.Predicted)
	fmt.Fprintf(w, "relaxed  P %.3f  R %.3f  F1 %.3f\n", p, r, f)
	p, r, f = f1(s.Strict, s.Predicted, s.Gold)
	fmt.Fprintf(w, "strict   P %.3f  R %.3f  F1 %.3f\n", p, r, f)
	fmt.Fprintf(w, "value of matched dates to the day, month or year: %d of %d right\n", s.ValuesRight, s.Values)
	var types []string
	for t := range s.GoldByType {
		types = append(types, t)
	}
	sort.Strings(types)
	for _, t := range types {
		fmt.Fprintf(w, "recall %-9s %d of %d\n", t, s.FoundByType[t], s.GoldByType[t])
	}
}

// calendarValue reports YYYY, YYYY-MM and YYYY-MM-DD.
func calendarValue(v string) bool {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if _, err := time.Parse(layout, v); err == nil {
			return true
		}
	}
	return false
}

func codePointOffsets(text string) []int {
	var o []int
	for i := range text {
		o = append(o, i)
	}
	return append(o, len(text))
}

// around returns text[from:to] in brackets with some words about it.
func around(text string, from, to int) string {
	a, b := max(0, from-30), min(len(text), to+20)
	for a > 0 && !utf8.RuneStart(text[a]) {
		a--
	}
	for b < len(text) && !utf8.RuneStart(text[b]) {
		b++
	}
	return text[a:from] + "[" + text[from:to] + "]" + text[to:b]
}

// sentencesOf cuts tokens after . ! ? where a capital follows and no number or short word stands before.
func sentencesOf(toks []claim.Token) [][]claim.Token {
	var out [][]claim.Token
	start := 0
	for i := 1; i+1 < len(toks); i++ {
		t := toks[i].Text
		if t != "." && t != "!" && t != "?" {
			continue
		}
		c, _ := utf8.DecodeRuneInString(toks[i+1].Text)
		if t == "." && (toks[i-1].Kind == claim.Number && len(toks[i-1].Text) < 3 || len(toks[i-1].Text) < 3) || !unicode.IsUpper(c) && toks[i+1].Kind != claim.Punct {
			continue
		}
		out = append(out, toks[start:i+1])
		start = i + 1
	}
	return append(out, toks[start:])
}
