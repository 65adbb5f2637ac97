package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"beleg/claim"
)

// floorA is the least F1 that the texts a* of testdata/texts may score: what was printed when the set
// was made, less a claim or two. Set b has no floor, so that nobody tunes against it.
const floorA = 0.95

// A goldClaim is what the tests need of a gold claim; offsets are code points.
type goldClaim struct {
	ID, Content  string
	ContentSpans [][2]int `json:"content_spans"`
	Contradicts  []string
	Figures      []struct {
		Text string
		Span [2]int
	}
	Optional bool
}

func readGold(t *testing.T, path string) []goldClaim {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []goldClaim
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g goldClaim
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, g)
	}
	return out
}

func invented(t *testing.T) []claim.Document {
	t.Helper()
	docs, err := ReadTextFolder(filepath.Join("testdata", "texts"))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// TestInventedGold checks that the gold stands verbatim in its texts and points at gold that exists.
func TestInventedGold(t *testing.T) {
	for _, d := range invented(t) {
		text := []rune(d.Text)
		gold := readGold(t, filepath.Join("testdata", "texts", d.ID+".gold.jsonl"))
		ids := map[string]bool{}
		for _, g := range gold {
			ids[g.ID] = true
		}
		for _, g := range gold {
			var pieces []string
			for _, s := range g.ContentSpans {
				pieces = append(pieces, string(text[s[0]:s[1]]))
			}
			if got := strings.Join(pieces, " … "); got != g.Content {
				t.Errorf("%s: content is %q, its spans hold %q", g.ID, g.Content, got)
			}
			for _, f := range g.Figures {
				if got := string(text[f.Span[0]:f.Span[1]]); got != f.Text {
					t.Errorf("%s: figure is %q, its span holds %q", g.ID, f.Text, got)
				}
			}
			for _, c := range g.Contradicts {
				if !ids[c] {
					t.Errorf("%s contradicts %s, which is not there", g.ID, c)
				}
			}
		}
	}
}

// TestInventedTexts reads texts the engine was not built on: every claim verbatim at its spans, in
// order, no claim twice, the same claims again.
func TestInventedTexts(t *testing.T) {
	for _, d := range invented(t) {
		claims := claim.Read(d)
		if len(claims) < 5 {
			t.Errorf("%s: %d claims, want 5 or more", d.ID, len(claims))
		}
		seen := map[string]string{}
		for _, c := range claims {
			var pieces []string
			last := 0
			for _, s := range c.Content.Spans {
				if s.Start < last || s.End <= s.Start || s.End > len(d.Text) {
					t.Fatalf("%s: span %v after %d of %d bytes", c.ID, s, last, len(d.Text))
				}
				pieces, last = append(pieces, d.Text[s.Start:s.End]), s.End
			}
			if got := strings.Join(pieces, " … "); got != c.Content.Text {
				t.Errorf("%s: content is %q, its spans hold %q", c.ID, c.Content.Text, got)
			}
			key := fmt.Sprint(c.Content.Spans)
			if other := seen[key]; other != "" {
				t.Errorf("%s and %s have the same content %q", other, c.ID, c.Content.Text)
			}
			seen[key] = c.ID
			for _, f := range c.Figures {
				if f.Start < c.Content.Spans[0].Start || f.End > last {
					t.Errorf("%s: figure at %d-%d lies outside its content", c.ID, f.Start, f.End)
				}
			}
		}
		var one, two bytes.Buffer
		if err := claim.WriteJSON(&one, d, claims); err != nil {
			t.Fatal(err)
		}
		if err := claim.WriteJSON(&two, d, claim.Read(d)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: reading it twice gives two answers", d.ID)
		}
	}
}

// TestInventedFloor scores set a by content, one to one, at token F1 of a half: a hit more or less is
// one claim of about a hundred.
func TestInventedFloor(t *testing.T) {
	hits, gold, pred := 0, 0, 0
	for _, d := range invented(t) {
		if d.ID[0] != 'a' {
			continue
		}
		h, g, p := scoreInvented(t, d)
		hits, gold, pred = hits+h, gold+g, pred+p
	}
	f1 := 2 * float64(hits) / float64(gold+pred)
	t.Logf("set a: %d gold, %d predicted, %d hits, F1 %.3f", gold, pred, hits, f1)
	if f1 < floorA {
		t.Errorf("F1 on set a = %.3f, want %.2f or more", f1, floorA)
	}
}

// scoreInvented counts hits, gold claims and predictions of one text; optional gold counts for
// neither side.
func scoreInvented(t *testing.T, d claim.Document) (hits, gold, pred int) {
	type pair struct {
		f1       float64
		optional bool
		g, p     int
	}
	golds := readGold(t, filepath.Join("testdata", "texts", d.ID+".gold.jsonl"))
	claims := claim.Read(d)
	words := wordsOf([]rune(d.Text))
	points := func(spans []claim.Span) (out [][2]int) {
		for _, s := range spans {
			from := utf8.RuneCountInString(d.Text[:s.Start])
			out = append(out, [2]int{from, from + utf8.RuneCountInString(d.Text[s.Start:s.End])})
		}
		return out
	}
	var pairs []pair
	spare := map[int]bool{} // predictions of optional gold
	for i, g := range golds {
		if !g.Optional {
			gold++
		}
		want := covered(words, g.ContentSpans)
		for j, c := range claims {
			if f := tokenF1(want, covered(words, points(c.Content.Spans))); f >= 0.5 {
				pairs = append(pairs, pair{f, g.Optional, i, j})
				spare[j] = spare[j] || g.Optional
			}
		}
	}
	sort.SliceStable(pairs, func(a, b int) bool {
		if pairs[a].f1 != pairs[b].f1 {
			return pairs[a].f1 > pairs[b].f1
		}
		return !pairs[a].optional && pairs[b].optional
	})
	usedGold, usedPred := map[int]bool{}, map[int]bool{}
	for _, p := range pairs {
		if usedGold[p.g] || usedPred[p.p] {
			continue
		}
		usedGold[p.g], usedPred[p.p] = true, true
		if !p.optional {
			hits++
			spare[p.p] = false
		}
	}
	for j := range claims {
		if !spare[j] {
			pred++
		}
	}
	return hits, gold, pred
}
