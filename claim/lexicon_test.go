package claim

import (
	"strings"
	"testing"

	"beleg/claim/lexicon"
)

// An example is one line of a lexicon file: "+" must be found, "-" must not.
type example struct {
	entry, text, want string
	positive          bool
}

// examples reads the examples of one file; the entry is the line they stand under.
func examples(t *testing.T, path string) []example {
	t.Helper()
	b, err := lexicon.Files.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	entry, shown := "", true
	for _, line := range strings.Split(string(b), "\n") {
		switch {
		case strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "- "):
			e := example{entry: entry, positive: line[0] == '+'}
			e.text, e.want = unbracket(line[2:])
			out = append(out, e)
			shown = shown || e.positive
		case line != "" && line[0] != '#':
			if !shown {
				t.Errorf("%s: entry %q has no positive example", path, entry)
			}
			entry, shown = line, false
		}
	}
	return out
}

// unbracket takes the brackets out of an example and returns what stood in them.
func unbracket(s string) (text, want string) {
	pre, rest, ok := strings.Cut(s, "[")
	if !ok {
		return s, ""
	}
	want, post, _ := strings.Cut(rest, "]")
	return pre + want + post, want
}

// cueOf is the word a claim's cue must hold for an entry, as stems of its verb.
func hasCue(c Claim, l *language, entry string) bool {
	name := strings.Fields(entry)[0]
	low := strings.ToLower(c.Cue.Text)
	if strings.Contains(entry, " ") && c.Form != "hearsay" && c.Form != "author" {
		for _, q := range l.cues {
			if q.name != name {
				continue
			}
			for _, f := range l.conjugate(q.verb) {
				for _, w := range strings.Fields(strings.ReplaceAll(low, "…", " ")) {
					if w == f.text || w == q.prefix+f.text || w == q.prefix+"zu"+f.text {
						return true
					}
				}
			}
		}
	}
	return strings.Contains(" "+low+" ", " "+strings.ReplaceAll(name, "_", " ")+" ")
}

func close(a, b string) bool {
	x, y := stemsAll(a), stemsAll(b)
	n := shared(x, y)
	return len(x) > 0 && len(y) > 0 && 10*2*n >= 8*(len(x)+len(y))
}

func stemsAll(s string) []string {
	var out []string
	for _, t := range Tokenize(s) {
		if t.Kind != Punct {
			out = append(out, t.Lower)
		}
	}
	return out
}

func TestCueExamples(t *testing.T) {
	for _, name := range Languages() {
		for _, file := range []string{"speech.txt", "particle.txt"} {
			for _, e := range examples(t, name+"/"+file) {
				found, got := false, []string{}
				for _, c := range Read(Document{Text: e.text, Lang: name}) {
					cued := hasCue(c, languages()[name], e.entry)
					got = append(got, c.Form+" ["+c.Cue.Text+"] "+c.Content.Text)
					found = found || cued && (!e.positive || close(c.Content.Text, e.want))
				}
				if found != e.positive {
					t.Errorf("%s/%s %q: %q found = %v, want %v; claims: %q", name, file, e.entry, e.text, found, e.positive, got)
				}
			}
		}
	}
}

func TestHedgeExamples(t *testing.T) {
	for _, name := range Languages() {
		for _, e := range examples(t, name+"/hedge.txt") {
			hedged := false
			for _, c := range Read(Document{Text: e.text, Lang: name}) {
				hedged = hedged || c.Commitment == Hedged
			}
			if hedged != e.positive {
				t.Errorf("%s %q: %q hedged = %v, want %v", name, e.entry, e.text, hedged, e.positive)
			}
		}
	}
}
