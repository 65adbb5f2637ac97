package desk

import (
	"strings"
	"testing"

	"beleg/internal/casefile"
	"beleg/internal/words"
)

func TestDrawRanges(t *testing.T) {
	persons := func(on, source, cmp string, value, top float64) casefile.Claim {
		return casefile.Claim{On: casefile.Subject("claim/" + on), Source: source, Root: on, Figures: []casefile.Figure{{Value: value, Max: top, Cmp: cmp, Unit: "persons", Event: "killed"}}}
	}
	list := figureStrips(words.In(words.German), casefile.Compare([]casefile.Claim{
		persons("a", `observer <group> & "others"`, ">", 3, 0), persons("b", "army", "=", 1, 2), persons("c", "", "=", 1, 0)}))
	if len(list) != 1 {
		t.Fatalf("%d comparisons, want one", len(list))
	}
	s := string(list[0].Drawing)
	if n := wellFormed(t, s); n["rect"] != 3 || n["title"] != 3 {
		t.Errorf("elements = %v, want three bars with titles", n)
	}
	for _, want := range []string{"range open", "range exact", "mehr als 3 Menschen, getötet", ">2</text>"} {
		if !strings.Contains(s, want) {
			t.Errorf("the drawing lacks %q: %s", want, s)
		}
	}
	if strings.Contains(s, "0,5") || strings.Contains(s, "0.5</text>") {
		t.Errorf("people are counted in halves: %s", s)
	}
}

func TestNiceStep(t *testing.T) {
	for _, c := range []struct {
		most    float64
		counted bool
		want    float64
	}{{0, true, 1}, {3, true, 1}, {12, true, 5}, {310, true, 100}, {2.5, false, 0.5}, {1e6, true, 200000}} {
		if got := niceStep(c.most, c.counted); got != c.want {
			t.Errorf("niceStep(%v, %v) = %v, want %v", c.most, c.counted, got, c.want)
		}
	}
}
