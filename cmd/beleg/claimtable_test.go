package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"beleg/claim"
	"beleg/internal/words"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		width      int
		want       string
	}{
		{"fits", "a b", 3, "a b"},
		{"one too many", "aa bb", 4, "aa|bb"},
		{"line ends stay", "a\nb", 9, "a|b"},
		{"long word", "abcdefg h", 3, "abc|def|g h"},
		{"wide letters", "日本語", 4, "日本|語"},
		{"accents apart", "u\u0308u\u0308u\u0308", 3, "u\u0308u\u0308u\u0308"},
		{"narrower than a letter", "日本", 1, "日|本"},
		{"nothing", " \n ", 5, ""},
	} {
		if got := strings.Join(wrap(tt.text, tt.width), "|"); got != tt.want {
			t.Errorf("%s: wrap(%q, %d) = %q, want %q", tt.name, tt.text, tt.width, got, tt.want)
		}
	}
}

// TestTableHoldsItsWidth sets claims of arbitrary texts: no line is too long, and nothing steers the terminal.
func TestTableHoldsItsWidth(t *testing.T) {
	alphabet := []rune("aäß ,.\n\t\u0308日\u202e\u200b\x1b\x00\ue000\ue001—“”")
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		runes := make([]rune, 1+r.IntN(400))
		for i := range runes {
			runes[i] = alphabet[r.IntN(len(alphabet))]
		}
		a := &app{Words: words.In([]words.Lang{words.German, words.English}[n%2]), env: func(name string) string {
			if name == "COLUMNS" {
				return []string{"10", "80", "99", "100", "120", "500"}[n%6]
			}
			return ""
		}}
		from := r.IntN(len(runes))
		to := from + 1 + r.IntN(len(runes)-from)
		source := string(runes[:from])
		l := claim.Line{ID: "x", Content: string(runes[from:to]), ContentSpans: [][2]int{{from, to}}, Sentence: [2]int{from / 2, len(runes)},
			Source: &source, Channel: &source, Places: []string{source, source}, SourceAlso: []string{string(runes[to:])}, Form: "object", Cue: &source,
			Figures: []claim.LineFigure{{Value: 1e15, Max: math.Pow(2, 60), Cmp: ">=", Unit: source, Of: source, Event: source}}}
		var out bytes.Buffer
		table := a.claimTable(&out, []claim.Line{l})
		table.text = runes
		table.heading()
		table.claim(l)
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if cellsOf(line) > table.width {
				t.Fatalf("%d columns, want at most %d: %q", cellsOf(line), table.width, line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Fatalf("%q shows %q", string(runes), line[i:])
			}
		}
	}
}

func TestFigureRange(t *testing.T) {
	for _, tt := range []struct {
		text      string
		low, high float64
		unit      string
	}{
		{">=100", 100, math.MaxFloat64, ""},
		{"= 20 ships", 20, 20, "ships"},
		{"20", 20, 20, ""},
		{"<=5", 0, 5, ""},
		{"100..200", 100, 200, ""},
		{"1.5-2 Tonnen", 1.5, 2, "Tonnen"},
	} {
		got, err := figureRange(tt.text)
		if err != nil || got.Low != tt.low || got.High != tt.high || got.Unit != tt.unit {
			t.Errorf("figureRange(%q) = %v, %v; want %v to %v of %q", tt.text, got, err, tt.low, tt.high, tt.unit)
		}
	}
	for _, text := range []string{"", "many", ">= ", "200..100", ">=1..2", "-5"} {
		if got, err := figureRange(text); err == nil {
			t.Errorf("figureRange(%q) = %v, want an error", text, got)
		}
	}
}
