package desk

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"beleg/internal/casefile"
	"beleg/internal/intake"
)

// mirrored is the reuse of the clip of 2014.
func (o *office) mirrored() intake.Reuse {
	o.t.Helper()
	list, err := o.book.Folder.Reuses(o.t.Context(), o.item("broadcast.mp4"))
	if err != nil {
		o.t.Fatal(err)
	}
	for _, r := range list {
		if r.Earlier == o.item("corridor-2014.mp4") {
			return r
		}
	}
	o.t.Fatal("the broadcast shows nothing of the clip of 2014")
	return intake.Reuse{}
}

// aCase opens the case "corridors": the television claim, and the reuse against it.
func (o *office) aCase(p *person) (tv claimView) {
	o.t.Helper()
	tv = p.claims().claim(o.t, "Das Staatsfernsehen zeigte")
	p.onCase(0, "open", map[string]string{"title": "Corridors", "question": "Are the pictures of that day?"})
	p.onCase(1, "file", map[string]any{"what": tv.On})
	p.onCase(2, "file", map[string]any{"what": "reuse/" + o.mirrored().ID, "claim": tv.On, "side": "against", "credibility": 2})
	return tv
}

func (p *person) onCase(base int, do string, with any) answer {
	p.o.t.Helper()
	got := p.json("POST", "/api/decisions", map[string]any{"on": "case/corridors", "do": do, "base": base, "with": with}, nil)
	return got
}

func (p *person) theCase() caseView {
	p.o.t.Helper()
	var v caseView
	if got := p.json("GET", "/api/cases/corridors", nil, &v); got.status != http.StatusOK {
		p.o.t.Fatalf("case = %d %s", got.status, got.body)
	}
	return v
}

// The clip of 2014 stands against a claim about 2016, with the chain down to the original, and a person confirms it.
func TestCaseShowsTheAnachronism(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	tv := o.aCase(anna)
	v := anna.theCase()
	if len(v.Rows) != 1 || v.Rows[0].On != tv.On || len(v.Rows[0].AgainstFiled) != 1 {
		t.Fatalf("rows = %+v, want the television claim with the reuse against it", v.Rows)
	}
	var found *contradictionView
	for i, c := range v.Contradictions {
		if c.Rule == casefile.Anachronism && c.A == tv.On {
			found = &v.Contradictions[i]
		}
	}
	if found == nil {
		t.Fatalf("contradictions = %+v, want an anachronism", v.Contradictions)
	}
	last := found.Chain[len(found.Chain)-1]
	if found.Decided.Status != casefile.Suggested || last.On.ID() != o.item("corridor-2014.mp4") || last.Href != "/items/"+last.On.ID() {
		t.Errorf("anachronism = %+v, want a suggestion that leads to the clip", found)
	}
	page := anna.do("GET", "/cases/corridors", "", map[string]string{"Accept-Language": "de"})
	for _, want := range []string{"Anachronismus", "Original der früheren Aufnahme", "<svg", found.On.ID(), "/items/" + last.On.ID() + "/custody"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("page (%d) lacks %q", page.status, want)
		}
	}
	got := anna.json("POST", "/api/decisions", map[string]any{"on": found.On, "do": "confirm", "base": 0}, nil)
	if got.status != http.StatusCreated {
		t.Fatalf("confirm = %d %s", got.status, got.body)
	}
	for _, c := range anna.theCase().Contradictions {
		if c.On == found.On && c.Decided.Status != casefile.Confirmed {
			t.Errorf("decided = %+v, want it confirmed", c.Decided)
		}
	}
	if list := anna.do("GET", "/cases", "", nil); !strings.Contains(list.body, "/cases/corridors") {
		t.Errorf("the list lacks the case")
	}
	if got := anna.do("GET", "/cases/none", "", nil); got.status != http.StatusNotFound {
		t.Errorf("no case = %d, want %d", got.status, http.StatusNotFound)
	}
}

func TestVerdict(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	tv := o.aCase(anna)
	reuse := "reuse/" + o.mirrored().ID
	whole := map[string]any{"claim": tv.On, "rating": "false-context", "standard": "clear and convincing", "against": []string{reuse}, "summary": "The pictures are of 2014."}
	tests := []struct {
		name  string
		less  map[string]any
		field string
	}{
		{"no summary", map[string]any{"summary": ""}, "summary"},
		{"no standard", map[string]any{"standard": ""}, "standard"},
		{"no rating", map[string]any{"rating": ""}, "rating"},
		{"neither against nor searched", map[string]any{"against": []string{}}, "against"},
		{"both", map[string]any{"searched": true}, "against"},
	}
	for _, tt := range tests {
		with := map[string]any{}
		for _, m := range []map[string]any{whole, tt.less} {
			for k, v := range m {
				with[k] = v
			}
		}
		got := anna.onCase(3, "sign", with)
		var p problem
		if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != http.StatusUnprocessableEntity || p.Field != tt.field {
			t.Errorf("%s = %d %s, want %d on field %q", tt.name, got.status, got.body, http.StatusUnprocessableEntity, tt.field)
		}
	}
	path := "/cases/corridors/verdict?claim=" + url.QueryEscape(string(tv.On))
	if page := anna.do("GET", path, "", nil); page.status != http.StatusOK || !strings.Contains(page.body, reuse) || !strings.Contains(page.body, "You work alone here") {
		t.Errorf("form = %d, want it to offer what is filed against, and to say that nobody is second", page.status)
	}
	if got := anna.onCase(3, "sign", whole); got.status != http.StatusCreated {
		t.Fatalf("sign = %d %s", got.status, got.body)
	}
	page := anna.do("GET", path, "", nil)
	for _, want := range []string{"false context", "The pictures are of 2014.", "clear and convincing", "not done"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("verdict lacks %q", want)
		}
	}
	v := anna.theCase()
	if s := v.Rows[0].Verdict; s == nil || s.Rating != "false-context" {
		t.Fatalf("verdict = %+v", s)
	}
	if got := anna.onCase(4, "second", map[string]uint64{"entry": v.Rows[0].Verdict.Entry.Index}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("seconding one's own verdict = %d, want %d", got.status, http.StatusUnprocessableEntity)
	}
	if got := anna.do("GET", "/cases/corridors/verdict?claim=claim/none", "", nil); got.status != http.StatusNotFound {
		t.Errorf("no such claim = %d, want %d", got.status, http.StatusNotFound)
	}
}

func TestSources(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	var list []sourceView
	anna.json("GET", "/api/sources", nil, &list)
	if len(list) == 0 || list[0].General() != "F" {
		t.Fatalf("sources = %+v, want some that nobody graded", list)
	}
	on := "source/" + list[0].ID
	for _, with := range []map[string]string{{"grade": "B", "topic": ""}, {"grade": "D", "topic": "figures"}} {
		if got := anna.json("POST", "/api/decisions", map[string]any{"on": on, "do": "grade", "base": o.book.Version(casefile.Subject(on)), "reason": "past reports", "with": with}, nil); got.status != http.StatusCreated {
			t.Fatalf("grade = %d %s", got.status, got.body)
		}
	}
	if got := anna.json("POST", "/api/decisions", map[string]any{"on": on, "do": "derive", "base": 2, "with": map[string]string{"root": list[0].ID}}, nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("root of itself = %d, want %d", got.status, http.StatusUnprocessableEntity)
	}
	anna.json("POST", "/api/decisions", map[string]any{"on": on, "do": "derive", "base": 2, "with": map[string]string{"root": "agency"}}, nil)
	anna.json("GET", "/api/sources", nil, &list)
	if v := list[0]; v.General() != "B" || len(v.Grades) != 2 || v.Root != "agency" || len(v.History) != 3 {
		t.Errorf("graded = %+v", v)
	}
	if page := anna.do("GET", "/sources", "", nil); page.status != http.StatusOK || !strings.Contains(page.body, "past reports") {
		t.Errorf("page = %d, want the history of reasons", page.status)
	}
}
