package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// Every verb that names a subject: a short id is expanded or refused, and what is not there is refused. Nothing dangles in the log.
func TestSubjectsAreWholeAndThere(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	tv := o.aCase(anna)
	article, reuse := o.item("article.html"), o.mirrored().ID
	whole, second := "claim/"+article+"-01", "claim/"+article+"-02"
	nobody := strings.Repeat("0", 64)
	type m = map[string]any
	verdict := func(more m) m {
		v := m{"claim": tv.On, "rating": "false-context", "standard": "clear and convincing", "searched": true, "summary": "Old."}
		for k, x := range more {
			v[k] = x
		}
		return v
	}
	tests := []struct {
		name, on, do string
		with         any
		want         int
		field        string
		says         string // of what is recorded
	}{
		{"file a short item", "case/corridors", "file", m{"what": "item/" + article[:8]}, 201, "", "item/" + article},
		{"file a short reuse", "case/corridors", "file", m{"what": "reuse/" + reuse[:8]}, 201, "", "reuse/" + reuse},
		{"file a short claim", "case/corridors", "file", m{"what": "claim/" + article[:8] + "-1"}, 201, "", whole},
		{"file for a short claim", "case/corridors", "file", m{"what": "item/" + article, "side": "for", "claim": "claim/" + article[:8] + "-01"}, 201, "", whole},
		{"file no item", "case/corridors", "file", m{"what": "item/" + nobody}, 422, "what", ""},
		{"file too little of an id", "case/corridors", "file", m{"what": "item/" + article[:3]}, 422, "what", ""},
		{"file no reuse", "case/corridors", "file", m{"what": "reuse/0123456789abcdef"}, 422, "what", ""},
		{"file no claim", "case/corridors", "file", m{"what": "claim/" + article + "-99"}, 422, "what", ""},
		{"file a part that no split made", "case/corridors", "file", m{"what": whole + ".17"}, 422, "what", ""},
		{"file a claim of a video", "case/corridors", "file", m{"what": "claim/" + o.item("broadcast.mp4") + "-01"}, 422, "what", ""},
		{"file for no claim", "case/corridors", "file", m{"what": "item/" + article, "side": "for", "claim": "claim/" + article + "-99"}, 422, "claim", ""},
		{"file for no claim of nothing", "case/corridors", "file", m{"what": "item/" + article, "side": "for", "claim": "claim/" + nobody + "-01"}, 422, "claim", ""},
		{"link a short item", "case/corridors", "link", m{"claim": tv.On, "item": "item/" + o.item("broadcast.mp4")[:8]}, 201, "", o.item("broadcast.mp4")},
		{"link no item", "case/corridors", "link", m{"claim": tv.On, "item": "item/" + nobody}, 422, "item", ""},
		{"link no claim", "case/corridors", "link", m{"claim": "claim/" + nobody + "-01", "item": "item/" + article}, 422, "claim", ""},
		{"sign on a short claim", "case/corridors", "sign", verdict(m{"claim": "claim/" + article[:8] + "-01"}), 201, "", whole},
		{"sign on no claim", "case/corridors", "sign", verdict(m{"claim": "claim/" + article + "-99"}), 422, "claim", ""},
		{"sign with no evidence", "case/corridors", "sign", verdict(m{"searched": false, "against": []string{"reuse/0123456789abcdef"}}), 422, "against", ""},
		{"sign with short evidence", "case/corridors", "sign", verdict(m{"searched": false, "against": []string{"reuse/" + reuse[:8]}}), 201, "", "reuse/" + reuse},
		{"merge into a short claim", second, "merge", m{"into": "claim/" + article[:8] + "-01"}, 201, "", whole},
		{"merge into no claim", "claim/" + article + "-03", "merge", m{"into": "claim/" + article + "-99"}, 422, "into", ""},
		{"no claim", "claim/" + article + "-99", "confirm", nil, 404, "", ""},
		{"a short claim", "claim/" + article[:8] + "-01", "confirm", nil, 404, "", ""},
		{"no contradiction", "contradiction/0123456789abcdef", "confirm", nil, 404, "", ""},
		{"no item", "item/" + nobody, "note", m{"text": "x"}, 404, "", ""},
		{"a short item", "item/" + article[:8], "note", m{"text": "x"}, 404, "", ""},
		{"no reuse", "reuse/0123456789abcdef", "decide", m{"is": casefile.LookAlike}, 404, "", ""},
		{"a short reuse", "reuse/" + reuse[:8], "decide", m{"is": casefile.LookAlike}, 404, "", ""},
		{"no case", "case/nowhere", "note", m{"text": "x"}, 404, "", ""},
		{"a short case", "case/corr", "note", m{"text": "x"}, 404, "", ""},
	}
	for _, tt := range tests {
		before := o.book.Version(casefile.Subject(tt.on))
		var e casefile.Entry
		got := anna.json("POST", "/api/decisions", m{"on": tt.on, "do": tt.do, "base": before, "with": tt.with}, &e)
		if got.status != tt.want || tt.field != "" && !strings.Contains(got.body, `"field":"`+tt.field+`"`) || !strings.Contains(string(e.With), tt.says) {
			t.Errorf("%s = %d %s, want %d, field %q and %q whole", tt.name, got.status, got.body, tt.want, tt.field, tt.says)
		}
		if after := o.book.Version(casefile.Subject(tt.on)); tt.want >= 300 && after != before {
			t.Errorf("%s: refused, and recorded all the same", tt.name)
		}
	}
}

// A reuse that is judged otherwise leaves the evidence, the contradictions and the verdict's choices at once, with a line in the history;
// taking that back brings it back.
func TestJudgedOtherwiseIsNoEvidence(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	o.aCase(anna)
	reuse := "reuse/" + o.mirrored().ID
	decide := func(do string, with any) casefile.Entry {
		t.Helper()
		var e casefile.Entry
		if got := anna.json("POST", "/api/decisions", map[string]any{"on": reuse, "do": do, "base": o.book.Version(casefile.Subject(reuse)), "with": with}, &e); got.status != 201 {
			t.Fatalf("%s = %d %s", do, got.status, got.body)
		}
		return e
	}
	state := func() (against, withdrawn, contradictions, history int) {
		v := anna.theCase()
		f, err := o.book.Findings(t.Context(), "corridors")
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Rows[0].AgainstFiled), len(v.Withdrawn), len(v.Contradictions), len(o.book.Feed(f))
	}
	a0, _, c0, h0 := state()
	if a0 != 1 || c0 == 0 {
		t.Fatalf("%d pieces against and %d contradictions, want some", a0, c0)
	}
	for _, is := range []string{casefile.LookAlike, casefile.Suppress, casefile.SamePlace} {
		e := decide("decide", map[string]string{"is": is})
		if a, w, c, h := state(); a != 0 || w != 1 || c >= c0 || h <= h0 {
			t.Errorf("%s: %d against, %d withdrawn, %d contradictions, %d in the history; want it gone and said", is, a, w, c, h)
		}
		if page := anna.do("GET", "/cases/corridors", "", map[string]string{"Accept-Language": "en"}); !strings.Contains(page.body, "No longer counted") {
			t.Errorf("%s: the page does not say what was withdrawn", is)
		}
		got := anna.onCase(3, "file", map[string]any{"what": reuse})
		if want := map[bool]int{true: http.StatusCreated, false: http.StatusUnprocessableEntity}[is == casefile.SamePlace]; got.status != want {
			t.Errorf("filing what is %s = %d %s, want %d", is, got.status, got.body, want)
		}
		decide("undo", map[string]uint64{"entry": e.Index})
	}
	if a, w, c, _ := state(); a != 1 || w != 0 || c != c0 {
		t.Errorf("taken back: %d against, %d withdrawn, %d contradictions, want 1, 0, %d", a, w, c, c0)
	}
}

// The picker finds by name, words, outlet and date, and shows nobody a case that is not theirs.
func TestFinding(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	o.aCase(anna)
	for query, want := range map[string]string{
		"corridor": "item/" + o.item("corridor-2014.mp4"), "orontes": "item/" + o.item("corridor-2014.mp4"), "2014-05": "item/" + o.item("corridor-2014.mp4"),
		"orontes 2014": "reuse/" + o.mirrored().ID, "staatsfernsehen": "claim/" + o.item("article.html"), "KN1": "item/" + o.item("broadcast.mp4"),
	} {
		var list evidenceList
		anna.json("GET", "/api/evidence?q="+url.QueryEscape(query), nil, &list)
		found := false
		for _, h := range list.Hits {
			found = found || strings.HasPrefix(string(h.What), want)
		}
		if !found {
			t.Errorf("%q finds %+v, want %s", query, list.Hits, want)
		}
	}
	var list evidenceList
	if anna.json("GET", "/api/evidence?q=2031", nil, &list); len(list.Hits) != 0 {
		t.Errorf("a year in which nothing was public finds %+v", list.Hits)
	}
	var f filing
	anna.json("GET", "/api/filing?what=item/"+o.item("article.html")[:8], nil, &f)
	if len(f.Cases) != 1 || f.Cases[0].ID != "corridors" || f.Cases[0].Base != 3 || f.What != casefile.On(casefile.OnItem, o.item("article.html")) || f.New == "" {
		t.Errorf("filing = %+v, want the case with its version, and the whole id", f)
	}
	if got := anna.json("GET", "/api/filing?what=source/un", nil, nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("filing a source = %d, want %d", got.status, http.StatusUnprocessableEntity)
	}
}

// The case used last comes first, and only cases in which one may file.
func TestFilingByRole(t *testing.T) {
	o, people := aTeam(t)
	item := "item/" + o.item("article.html")
	if err := o.people.SetRole(t.Context(), "reporter", "other", accounts.Reporter); err != nil {
		t.Fatal(err)
	}
	reporter := people["reporter"]
	for _, id := range []string{"own", "other", "own"} {
		on := "case/" + id
		reporter.json("POST", "/api/decisions", map[string]any{"on": on, "do": "note", "base": o.book.Version(casefile.Subject(on)), "with": map[string]string{"text": "x"}}, nil)
		var f filing
		reporter.json("GET", "/api/filing?what="+item, nil, &f)
		if len(f.Cases) != 2 || f.Cases[0].ID != id {
			t.Errorf("after a note in %s: %+v, want it first", id, f.Cases)
		}
	}
	var f filing
	if people["editor"].json("GET", "/api/filing?what="+item, nil, &f); len(f.Cases) != 1 || f.Cases[0].ID != "own" {
		t.Errorf("the editor may file in %+v, want the own case alone", f.Cases)
	}
	if got := people["reader"].json("GET", "/api/filing?what="+item, nil, nil); got.status != http.StatusForbidden {
		t.Errorf("a reader who files = %d, want %d", got.status, http.StatusForbidden)
	}
}
