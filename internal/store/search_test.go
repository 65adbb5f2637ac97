package store

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"umlauts and sharp s", "Außenministerium, BRÜCKE", []string{"aussenministerium", "bruecke"}},
		{"capital sharp s", "STRAẞE", []string{"strasse"}},
		{"decomposed", "Bru\u0308cke", []string{"bruecke"}},
		{"other marks", "Ségolène Erdoğan", []string{"segolene", "erdogan"}},
		{"operators", `"a" OR b* NEAR(c) -d`, []string{"a", "or", "b", "near", "c", "d"}},
		{"nothing", " .,-", nil},
		{"another script", "حلب", []string{"حلب"}},
	} {
		if got := Words(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: Words(%q) = %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// The index and its slow twin must find the same claims, whatever is asked.
func TestSearchClaims(t *testing.T) {
	c := openSample(t)
	all, err := c.Suggestions(t.Context(), "")
	if err != nil || len(all) == 0 {
		t.Fatalf("Suggestions() = %d, %v", len(all), err)
	}
	texts := map[int]string{}
	words := []string{"", "?", "a", `"`, "NEAR(", "a*", "zzzz"}
	for _, s := range all {
		var body string
		if err := c.read.QueryRow("SELECT words FROM claim_words WHERE rowid % $1 = $2", claimsPerItem, s.N).Scan(&body); err != nil {
			t.Fatal(err)
		}
		texts[s.N] = body
		for _, w := range Words(body) {
			words = append(words, w, w[:1], w+" "+Words(body)[0])
		}
	}
	for _, q := range words {
		want := 0
		for _, text := range texts {
			if Matches(Words(q), text) {
				want++
			}
		}
		got, total, err := c.SearchClaims(t.Context(), q, 100)
		if err != nil || total != want || len(got) != want {
			t.Errorf("SearchClaims(%q) = %d of %d, %v, want %d", q, len(got), total, err, want)
		}
	}
}
