package desk

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// claims reads the text of the story's article.
// A readText is the text of the article with its claims.
type readText struct{ textView }

func (p *person) claims() readText {
	p.o.t.Helper()
	var v readText
	if got := p.json("GET", "/api/texts/"+p.o.item("article.html"), nil, &v); got.status != http.StatusOK {
		p.o.t.Fatalf("text = %d %s", got.status, got.body)
	}
	return v
}

func (v readText) claim(t testing.TB, words string) claimView {
	t.Helper()
	for _, c := range v.Claims {
		if strings.Contains(c.Text, words) && c.Into == "" {
			return c
		}
	}
	t.Fatalf("no claim says %q in %+v", words, v.Claims)
	return claimView{}
}

func (p *person) decides(c claimView, do casefile.Verb, reason string, with any) answer {
	p.o.t.Helper()
	return p.json("POST", "/api/decisions", map[string]any{"on": c.On, "do": do, "base": c.Base, "reason": reason, "with": with}, nil)
}

func TestTextAndClaims(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	v := anna.claims()
	if len(v.Claims) < 3 || v.Open != len(v.Claims) {
		t.Fatalf("%d claims, %d open, want some, all open", len(v.Claims), v.Open)
	}
	for _, c := range v.Claims {
		if got := casework.Quote(v.Text, c.Spans); got != c.Text || got == "" {
			t.Errorf("claim %s says %q, at its spans stands %q", c.On, c.Text, got)
		}
		for _, f := range c.Figures {
			if got := v.Text[f.Span[0]:f.Span[1]]; got != f.Text {
				t.Errorf("figure %q, at its span stands %q", f.Text, got)
			}
		}
	}
	page := anna.do("GET", "/texts/"+v.Item.ID, "", nil)
	if page.status != http.StatusOK || !strings.Contains(page.body, "Mindestens 40 Menschen") {
		t.Errorf("page = %d, want the text on it", page.status)
	}
	if list := anna.do("GET", "/claims", "", nil); !strings.Contains(list.body, "/texts/"+v.Item.ID) {
		t.Errorf("list = %d, want the article in it", list.status)
	}
	var rows []textRow
	anna.json("GET", "/api/texts", nil, &rows)
	if len(rows) != 1 || rows[0].Open != v.Open || rows[0].Total != len(v.Claims) {
		t.Errorf("texts = %+v, want one with %d open", rows, v.Open)
	}
	if got := anna.do("GET", "/texts/"+o.item("broadcast.mp4"), "", nil); got.status != http.StatusNotFound || !strings.Contains(got.body, "no words") {
		t.Errorf("text of a video = %d, want %d and why", got.status, http.StatusNotFound)
	}
}

func TestDecidingClaims(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	c := anna.claims().claim(t, "40 Menschen")
	if got := anna.decides(c, casefile.Confirm, "", nil); got.status != http.StatusCreated {
		t.Fatalf("confirm = %d %s", got.status, got.body)
	}
	if got := anna.decides(c, casefile.Refuse, "no", nil); got.status != http.StatusConflict {
		t.Errorf("on an old view = %d, want %d", got.status, http.StatusConflict)
	}
	c = anna.claims().claim(t, "40 Menschen")
	if c.Decided.Status != casefile.Confirmed || c.Decided.By != "anna" || c.Last == 0 {
		t.Errorf("decided = %+v, want confirmed by anna", c.Decided)
	}
	anna.decides(c, casefile.Undo, "", map[string]uint64{"entry": c.Last})
	c = anna.claims().claim(t, "40 Menschen")
	if c.Decided.Status != casefile.Suggested || c.Last != 0 || c.Base != 2 {
		t.Errorf("after undo: %+v, want a suggestion again", c)
	}
	anna.decides(c, casefile.Edit, "", map[string]any{"source": "UN", "about": "2016-10", "places": []string{"Aleppo"}})
	c = anna.claims().claim(t, "40 Menschen")
	if c.Source != "UN" || c.About != "2016-10" || len(c.Places) != 1 || !c.Changed {
		t.Errorf("after an edit: %+v", c)
	}
	tests := []struct {
		name, do string
		on       casefile.Subject
		with     any
		want     int
		field    string
	}{
		{"no date", "edit", c.On, map[string]string{"about": "yesterday"}, http.StatusUnprocessableEntity, "about"},
		{"ends outside the text", "edit", c.On, map[string]any{"spans": [][2]int{{0, 1 << 20}}}, http.StatusUnprocessableEntity, "spans"},
		{"inside a letter", "split", c.On, map[string]int{"at": strings.Index(anna.claims().Text, "ö") + 1}, http.StatusUnprocessableEntity, "at"},
		{"outside the claim", "split", c.On, map[string]int{"at": 1}, http.StatusUnprocessableEntity, "at"},
		{"into itself", "merge", c.On, map[string]any{"into": c.On}, http.StatusUnprocessableEntity, "into"},
		{"into another text", "merge", c.On, map[string]any{"into": "claim/zz-01"}, http.StatusUnprocessableEntity, "into"},
		{"no such claim", "confirm", c.On[:len(c.On)-2] + "99", nil, http.StatusNotFound, ""},
	}
	for _, tt := range tests {
		got := anna.json("POST", "/api/decisions", map[string]any{"on": tt.on, "do": tt.do, "base": o.book.Version(tt.on), "with": tt.with}, nil)
		var p problem
		if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != tt.want || p.Field != tt.field {
			t.Errorf("%s = %d %s, want %d on field %q", tt.name, got.status, got.body, tt.want, tt.field)
		}
	}
}

func TestSplitAndMergeClaims(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	before := anna.claims()
	c := before.claim(t, "40 Menschen")
	at := strings.Index(before.Text, "Menschen seien")
	if got := anna.decides(c, casefile.Split, "", map[string]int{"at": at}); got.status != http.StatusCreated {
		t.Fatalf("split = %d %s", got.status, got.body)
	}
	v := anna.claims()
	first, second := v.claim(t, "Mindestens 40"), v.claim(t, "Menschen seien")
	if len(v.Claims) != len(before.Claims)+1 || first.On != c.On || second.On == c.On || first.Text != "Mindestens 40" || second.Source != first.Source {
		t.Fatalf("after a split: %+v and %+v", first, second)
	}
	if got := anna.decides(second, casefile.Confirm, "", nil); got.status != http.StatusCreated {
		t.Fatalf("confirm a part = %d %s", got.status, got.body)
	}
	// The part is split again, and its second half goes back into the first.
	second = anna.claims().claim(t, "Menschen seien")
	anna.decides(second, casefile.Split, "", map[string]int{"at": strings.Index(v.Text, "getötet")})
	third := anna.claims().claim(t, "getötet")
	if got := anna.decides(third, casefile.Merge, "", map[string]any{"into": first.On}); got.status != http.StatusCreated {
		t.Fatalf("merge = %d %s", got.status, got.body)
	}
	v = anna.claims()
	if got, want := v.claim(t, "Mindestens 40").Text, "Mindestens 40 … getötet worden"; got != want {
		t.Errorf("merged = %q, want %q", got, want)
	}
	// All of it can be taken back.
	whole := v.claim(t, "Mindestens 40")
	anna.decides(whole, casefile.Undo, "", map[string]uint64{"entry": whole.Last})
	if got := anna.claims().claim(t, "40 Menschen").Text; got != c.Text {
		t.Errorf("after the split was undone: %q, want %q", got, c.Text)
	}
}

// A split that is sent again because its answer was lost is not refused.
func TestSplitSentAgain(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	v := anna.claims()
	c := v.claim(t, "40 Menschen")
	send := map[string]any{"on": c.On, "do": "split", "base": c.Base, "key": "k", "with": map[string]int{"at": strings.Index(v.Text, "Menschen seien")}}
	for range 2 {
		if got := anna.json("POST", "/api/decisions", send, nil); got.status != http.StatusCreated {
			t.Fatalf("split = %d %s, want %d", got.status, got.body, http.StatusCreated)
		}
	}
	if n := o.book.Version(c.On); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
}
