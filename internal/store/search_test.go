package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
		if texts[s.N], err = s.words(); err != nil {
			t.Fatal(err)
		}
		for _, w := range Words(texts[s.N]) {
			words = append(words, w, w[:1], w+" "+Words(texts[s.N])[0])
		}
	}
	for _, text := range words {
		want, q := 0, Ask(text)
		for _, text := range texts {
			if q.Matches(text) {
				want++
			}
		}
		got, total, err := c.SearchClaims(t.Context(), q, 100)
		if err != nil || total != want || len(got) != want {
			t.Errorf("SearchClaims(%q) = %d of %d, %v, want %d", text, len(got), total, err, want)
		}
	}
}

// texts are those of the library below, by the number of the item.
var texts = map[byte]struct{ lang, text string }{
	10: {"de", "Am Montag wurden zwei Krankenhäuser getroffen. Die Behörde schwieg."},
	11: {"de", "Das Kinderkrankenhaus im Osten ist geschlossen."},
	12: {"de", "Ein Krankenhausleiter sprach von 20 Verletzten."},
	13: {"en", "Three hospitals were hit; the bombing of bridges went on."},
	14: {"de", "Landminen liegen auf der Brücke am Terminal. Das Land ist weit."},
	15: {"en", "Warships may be sent. The war goes on."},
	16: {"de", "Eine Bruecke ohne Umlaut, und das Wasserwerk."},
	17: {"", "حلب"},
}

// library takes texts in.
func library(t *testing.T) (*Catalogue, fakeLog, fstest.MapFS) {
	t.Helper()
	var l fakeLog
	data := fstest.MapFS{}
	for n := byte(10); n <= 17; n++ {
		body := []byte(texts[n].text)
		sum := sha256.Sum256(body)
		path := fmt.Sprintf("derived/%d.txt", n)
		data[path] = &fstest.MapFile{Data: body}
		l.add(KindIntake, n, Intake{Run: "R", Name: fmt.Sprintf("%d.html", n)})
		l.add(KindDerivation, n, Derivation{Stage: StageText, Engine: "t/1", Kind: Article, State: Complete, Text: &Text{Lang: texts[n].lang},
			Outputs: []Output{{Role: RoleText, Path: path, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body))}}})
	}
	c, err := OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Project(t.Context(), l.records, data); err != nil {
		t.Fatal(err)
	}
	return c, l, data
}

func textsFound(t *testing.T, c *Catalogue, asked string) []string {
	t.Helper()
	q, err := c.Expand(t.Context(), Ask(asked))
	if err != nil {
		t.Fatal(err)
	}
	list, total, err := c.SearchTexts(t.Context(), q, 100)
	if err != nil || total != len(list) {
		t.Fatalf("SearchTexts(%q) = %d of %d, %v", asked, len(list), total, err)
	}
	var got []string
	for _, h := range list {
		got = append(got, strings.TrimSuffix(h.Item.Name, ".html"))
	}
	return got
}

func TestSearchTexts(t *testing.T) {
	c, _, _ := library(t)
	for _, tt := range []struct {
		asked string
		want  []string // sorted
		first string   // what must come first
	}{
		{"Krankenhäuser", []string{"10", "11", "12"}, "10"},
		{"Krankenhaus", []string{"10", "11", "12"}, "12"}, // begins a word, has the stem, is part of a compound
		{"krankenhauses", []string{"10", "11", "12"}, "10"},
		{"kinderkrankenhäuser", []string{"11"}, ""},
		{"krankenhae", []string{"10", "12"}, "10"},
		{"kranken", []string{"10", "11", "12"}, ""},
		{"hospital", []string{"13"}, ""},
		{"bombed bridge", []string{"13"}, ""},
		{"Minen", []string{"14"}, ""}, // not "Terminal": "ter" is no word here
		{"Brücken", []string{"14", "16"}, ""},
		{"bruecke", []string{"14", "16"}, ""},
		{"ships", []string{"15"}, ""},
		{"Werk", nil, ""}, // "wasser" is no word of this archive, and four letters may stand in a word by chance
		{"حلب", []string{"17"}, ""},
		{"Brücke Krankenhaus", nil, ""},
		{"?", nil, ""},
	} {
		got := textsFound(t, c, tt.asked)
		if tt.first != "" && (len(got) == 0 || got[0] != tt.first) {
			t.Errorf("SearchTexts(%q) = %q, want %q first", tt.asked, got, tt.first)
		}
		if len(got) > 1 && tt.asked == "Krankenhaus" && got[len(got)-1] != "11" {
			t.Errorf("SearchTexts(%q) = %q, want the compound last", tt.asked, got)
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("SearchTexts(%q) = %q, want %q", tt.asked, got, tt.want)
		}
	}
}

// The index and its slow twin must find the same texts for every word and its beginnings.
func TestSearchTextsLikeItsTwin(t *testing.T) {
	c, _, _ := library(t)
	asked := map[string]bool{}
	for _, text := range texts {
		for _, w := range Words(text.text) {
			asked[w] = true
			for n := range w {
				if n > 0 {
					asked[w[n:]], asked[w[:n]] = true, true
				}
			}
		}
	}
	for word := range asked {
		q, err := c.Expand(t.Context(), Ask(word))
		if err != nil {
			t.Fatal(err)
		}
		got := textsFound(t, c, word)
		slices.Sort(got)
		var want []string
		for n := byte(10); n <= 17; n++ {
			if q.matchesIn(texts[n].lang, texts[n].text) {
				want = append(want, fmt.Sprint(n))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("SearchTexts(%q) = %q, want %q", word, got, want)
		}
	}
}

// matchesIn is [Query.Matches] for a text of a language.
func (q Query) matchesIn(lang, text string) bool {
	s := newStemmer(lang)
	for _, a := range q.words {
		if !slices.ContainsFunc(Words(text), func(w string) bool { return a.hits(w, s) }) {
			return false
		}
	}
	return true
}

// A text that was changed is not filed, and one that is read again replaces what was filed.
func TestTextsAreFiledAnew(t *testing.T) {
	c, l, data := library(t)
	body := []byte("Ganz andere Worte")
	sum := sha256.Sum256(body)
	data["derived/again.txt"] = &fstest.MapFile{Data: body}
	l.add(KindDerivation, 10, Derivation{Stage: StageText, Engine: "t/2", Kind: Article, State: Complete, Text: &Text{Lang: "de"},
		Outputs: []Output{{Role: RoleText, Path: "derived/again.txt", SHA256: hex.EncodeToString(sum[:])}}})
	l.add(KindDerivation, 11, Derivation{Stage: StageText, Engine: "t/2", Kind: Article, State: Complete, Text: &Text{Lang: "de"},
		Outputs: []Output{{Role: RoleText, Path: "derived/again.txt", SHA256: strings.Repeat("0", 64)}}})
	if err := c.Project(t.Context(), l.records, data); err != nil {
		t.Fatal(err)
	}
	if got := textsFound(t, c, "Krankenhaus"); !slices.Equal(got, []string{"12"}) {
		t.Errorf("after reading again: %q, want 12 alone", got)
	}
	if got := textsFound(t, c, "andere"); !slices.Equal(got, []string{"10"}) {
		t.Errorf("the new words are in %q, want 10", got)
	}
	if err := c.Rebuild(t.Context(), l.records, data); err != nil {
		t.Fatal(err)
	}
	if got := textsFound(t, c, "Krankenhaus"); !slices.Equal(got, []string{"12"}) {
		t.Errorf("after a rebuild: %q, want 12 alone", got)
	}
}

// What is in an index and should not be, or the other way round, is named.
func TestCheckNamesWordsThatDiffer(t *testing.T) {
	c, l, data := library(t)
	if diff, err := c.Check(t.Context(), l.records, data); err != nil || len(diff) > 0 {
		t.Fatalf("Check() = %v, %v", diff, err)
	}
	if _, err := c.write.Exec("DELETE FROM text_words WHERE rowid = 2"); err != nil {
		t.Fatal(err)
	}
	diff, err := c.Check(t.Context(), l.records, data)
	if err != nil || !slices.ContainsFunc(diff, func(d Difference) bool {
		return d.Table == "text_words" && !d.Extra && strings.Contains(d.Row, "kinderkrankenhaus")
	}) {
		t.Errorf("Check() = %v, %v, want a missing kinderkrankenhaus", diff, err)
	}
}

func TestExcerpt(t *testing.T) {
	filler := strings.Repeat("Nichts davon steht hier geschrieben. ", 40)
	for _, tt := range []struct{ query, text, want string }{
		{"krankenhaus", filler + "Zwei Krankenhäuser wurden getroffen. " + filler, "[Krankenhäuser]"},
		{"zwei krankenhaus", "Zwei Autos. " + filler + "Zwei Krankenhäuser." + filler, "[Zwei] [Krankenhäuser]"},
		{"krankenhaus", "Das Kinderkrankenhaus", "Das [Kinderkrankenhaus]"},
		{"krankenhaus", filler, ""},
		{"hospital", "Three hospitals", "Three [hospitals]"},
	} {
		e, ok := Ask(tt.query).Excerpt(tt.text)
		var b strings.Builder
		for _, p := range e.Pieces {
			if p.Hit {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if ok != (tt.want != "") || !strings.Contains(b.String(), tt.want) {
			t.Errorf("Excerpt(%q) = %q, %v, want %q in it", tt.query, b.String(), ok, tt.want)
		}
		if got := strings.NewReplacer("[", "", "]", "").Replace(b.String()); ok && got != tt.text[e.Start:e.End] {
			t.Errorf("Excerpt(%q) is %q, not what stands at %d to %d", tt.query, got, e.Start, e.End)
		}
	}
}

func TestPieces(t *testing.T) {
	for _, tt := range []struct{ query, text, want string }{
		{"bruecke", "Die Brücke, die Brücken.", "Die [Brücke], die [Brücken]."},
		{"hafen", "Hafenbehörde am Binnenhafen", "[Hafenbehörde] am Binnenhafen"},
		{"<b>", "<b>bold</b>", "<[b]>[bold]</[b]>"},
		{"", "nothing", "nothing"},
		{"e", "Bru\u0308cke e\u0301tat", "Bru\u0308cke [e\u0301tat]"},
	} {
		var b strings.Builder
		for _, p := range Ask(tt.query).Pieces(tt.text) {
			if p.Hit {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != tt.want {
			t.Errorf("Pieces(%q, %q) = %q, want %q", tt.query, tt.text, b.String(), tt.want)
		}
	}
}
