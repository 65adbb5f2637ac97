package desk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// Every verb has a right; one that is added without is refused to everybody, and this test says so.
func TestEveryVerbHasARight(t *testing.T) {
	for _, kind := range casefile.Kinds {
		for _, do := range casefile.VerbsOf(kind) {
			if _, ok := rights[kind][do]; !ok {
				t.Errorf("%s of a %s has no right: say in rights which role it takes", do, kind)
			}
		}
		for do := range rights[kind] {
			if !slices.Contains(casefile.VerbsOf(kind), do) {
				t.Errorf("%s of a %s has a right but cannot be done", do, kind)
			}
		}
	}
}

// Every verb on every kind of subject, by every role, in the own, a foreign and no case: whoever may not gets the same answer whether
// the case is there or not, whatever the base; and no answer has a word of it.
func TestVerbsByRole(t *testing.T) {
	o, people := aTeam(t)
	const secret = "an informant in the ministry"
	for _, id := range []string{"other"} {
		d, err := casefile.Make(casefile.On(casefile.OnCase, id), casefile.Note, 1, "", casefile.NoteText{Text: secret})
		if err == nil {
			_, err = o.book.Decide(t.Context(), "admin", d, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	foreign := o.foreignContradiction(t, secret)
	verbs := append(casefile.VerbsOf(casefile.OnCase), "burn")
	for name, p := range people {
		if name == "admin" {
			continue
		}
		for _, do := range verbs {
			for base := range 3 {
				ask := func(on string) answer {
					return p.json("POST", "/api/decisions", map[string]any{"on": on, "do": do, "base": base, "with": map[string]any{"title": "x", "text": "x", "entry": 1}}, nil)
				}
				there, not := ask("case/other"), ask("case/nowhere")
				if there.status != not.status || there.body != not.body {
					t.Errorf("%s of a foreign case at base %d as %s = %d %s, of none %d %s", do, base, name, there.status, there.body, not.status, not.body)
				}
				if there.status < 400 || strings.Contains(there.body, secret) || there.status == http.StatusConflict {
					t.Errorf("%s of a foreign case at base %d as %s = %d %s", do, base, name, there.status, there.body)
				}
			}
		}
		for _, do := range append(casefile.VerbsOf(casefile.OnContradiction), "burn") {
			there := p.json("POST", "/api/decisions", map[string]any{"on": foreign, "do": do, "reason": "x", "with": nil}, nil)
			not := p.json("POST", "/api/decisions", map[string]any{"on": "contradiction/0123456789abcdef", "do": do, "reason": "x", "with": nil}, nil)
			if there.status != not.status || there.body != not.body || there.status < 400 {
				t.Errorf("%s of a contradiction of a foreign case as %s = %d %s, of none %d %s", do, name, there.status, there.body, not.status, not.body)
			}
		}
		for _, path := range []string{"/api/decisions?on=case/%s", "/cases/%s", "/api/cases/%s", "/cases/%s/verdict?claim=claim/x", "/api/search?q=%s"} {
			asJSON := map[string]string{"Accept": "application/json"}
			there, not := p.do("GET", fmt.Sprintf(path, "other"), "", asJSON), p.do("GET", fmt.Sprintf(path, "nowhere"), "", asJSON)
			if there.status != not.status || strings.Replace(there.body, `"other"`, "", 1) != strings.Replace(not.body, `"nowhere"`, "", 1) {
				t.Errorf("GET "+path+" as %s = %d %s, of none %d %s", "other", name, there.status, there.body, not.status, not.body)
			}
		}
		if got := p.do("GET", "/api/decisions?on="+foreign, "", nil); got.status < 400 {
			t.Errorf("history of a contradiction of a foreign case as %s = %d %s", name, got.status, got.body)
		}
	}
	if got := people["admin"].do("GET", "/api/decisions?on="+foreign, "", nil); got.status != http.StatusOK || !strings.Contains(got.body, secret) {
		t.Errorf("history of the contradiction as admin = %d %s, want it with its note", got.status, got.body)
	}
}

// foreignContradiction files in "other" what contradicts itself and notes words on it.
func (o *office) foreignContradiction(t *testing.T, words string) string {
	t.Helper()
	admin := o.member("admin")
	tv := admin.claims().claim(t, "Das Staatsfernsehen zeigte")
	for _, with := range []map[string]any{{"what": tv.On}, {"what": "reuse/" + o.mirrored().ID, "claim": tv.On, "side": "against"}} {
		got := admin.json("POST", "/api/decisions", map[string]any{"on": "case/other", "do": "file", "base": o.book.Version("case/other"), "with": with}, nil)
		if got.status != http.StatusCreated {
			t.Fatalf("file = %d %s", got.status, got.body)
		}
	}
	f, err := o.book.Findings(t.Context(), "other")
	if err != nil || len(f.Contradictions) == 0 {
		t.Fatalf("%v: no contradiction in what was filed", err)
	}
	on := f.Contradictions[0].On
	d, err := casefile.Make(on, casefile.Note, 0, "", casefile.NoteText{Text: words})
	if err == nil {
		_, err = o.book.Decide(t.Context(), "admin", d, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(on)
}

// Whoever has a role in a case decides on the contradictions found there.
func TestContradictionsOfOwnCases(t *testing.T) {
	o, _ := aTeam(t)
	on := o.foreignContradiction(t, "seen")
	for _, role := range []accounts.Role{accounts.Reader, accounts.Reporter} {
		if err := o.people.SetRole(t.Context(), role.String(), "other", role); err != nil {
			t.Fatal(err)
		}
		want := http.StatusForbidden
		if role == accounts.Reporter {
			want = http.StatusCreated
		}
		got := o.member(role.String()).json("POST", "/api/decisions", map[string]any{"on": on, "do": "confirm", "base": 1}, nil)
		if got.status != want {
			t.Errorf("confirm as %s = %d %s, want %d", role, got.status, got.body, want)
		}
	}
}

func TestIdsThatAreRefused(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for name, on := range map[string]string{
		"control": "source/a\x07b", "line end": "source/a\nb", "turned around": "source/a\u202eb", "joined": "source/a\u200db", "not seen": "source/\u00ad",
		"space": "source/a b", "long": "source/" + strings.Repeat("x", 900_000), "no kind": "x", "another kind": "person/anna", "no id": "case/",
	} {
		got := anna.json("POST", "/api/decisions", map[string]any{"on": on, "do": "note", "with": map[string]string{"text": "x"}}, nil)
		var p problem
		if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != http.StatusUnprocessableEntity || p.Field != "on" || len(got.body) > 2000 {
			t.Errorf("%s: %d %.200s, want %d of the field on", name, got.status, got.body, http.StatusUnprocessableEntity)
		}
	}
	if got := anna.do("GET", "/api/decisions?on=source/a%E2%80%AEb", "", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("history of a turned id = %d %s", got.status, got.body)
	}
}

// What cannot be taken back, said twice or done in a sealed case.
func TestDecisionsThatAreRefused(t *testing.T) {
	o, people := aTeam(t)
	on := casefile.On(casefile.OnCase, "own")
	tv := people["admin"].claims().claim(t, "Das Staatsfernsehen zeigte")
	send := func(who, do, reason string, with any) answer {
		return people[who].json("POST", "/api/decisions", map[string]any{"on": on, "do": do, "base": o.book.Version(on), "reason": reason, "with": with}, nil)
	}
	index := func() uint64 { h := o.book.History(on); return h[len(h)-1].Index }
	must := func(want int, got answer) {
		t.Helper()
		if got.status != want {
			t.Fatalf("= %d %s, want %d", got.status, got.body, want)
		}
	}
	opened := index()
	for _, name := range []string{"second", "third"} {
		if err := o.people.Add(t.Context(), name, "a long password", accounts.Reporter); err != nil {
			t.Fatal(err)
		}
		if err := o.people.SetRole(t.Context(), name, "own", accounts.Editor); err != nil {
			t.Fatal(err)
		}
		people[name] = o.member(name)
	}
	must(http.StatusUnprocessableEntity, send("editor", "undo", "", map[string]any{"entry": opened})) // all of the case would be gone
	must(http.StatusCreated, send("editor", "file", "", map[string]any{"what": tv.On}))
	must(http.StatusCreated, send("editor", "sign", "", map[string]any{"claim": tv.On, "rating": "unproven", "standard": "clear and convincing", "searched": true, "summary": "Not shown."}))
	signed := index()
	must(http.StatusUnprocessableEntity, send("editor", "second", "", map[string]any{"entry": signed})) // by its own author
	must(http.StatusForbidden, send("reporter", "second", "", map[string]any{"entry": signed}))
	must(http.StatusForbidden, send("reporter", "undo", "", map[string]any{"entry": signed}))
	must(http.StatusCreated, send("editor", "set", "", map[string]any{"state": "sealed"}))
	must(http.StatusUnprocessableEntity, send("second", "second", "", map[string]any{"entry": signed})) // the case is sealed
	must(http.StatusCreated, send("editor", "set", "", map[string]any{"state": "open"}))
	must(http.StatusCreated, send("second", "second", "", map[string]any{"entry": signed}))
	must(http.StatusUnprocessableEntity, send("second", "second", "", map[string]any{"entry": signed})) // twice by one person
	must(http.StatusUnprocessableEntity, send("third", "second", "", map[string]any{"entry": signed}))  // and there is a second person
}

// A key that comes again with other words is another decision, and is not answered with the old one.
func TestKeysOfOtherWords(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	send := func(text, reason string) answer {
		return anna.json("POST", "/api/decisions", map[string]any{"on": "source/un", "do": "note", "reason": reason, "with": map[string]string{"text": text}, "key": "k"}, nil)
	}
	first := send("one", "")
	if again := send("one", ""); first.status != http.StatusCreated || again.status != http.StatusCreated || again.body != first.body {
		t.Errorf("the same again = %d %s, want %d %s", again.status, again.body, first.status, first.body)
	}
	for _, got := range []answer{send("two", ""), send("one", "because")} {
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("other words with the same key = %d %s, want %d", got.status, got.body, http.StatusUnprocessableEntity)
		}
	}
}

// Whoever opens a case cannot find out by it which there are.
func TestOpeningTellsNothing(t *testing.T) {
	o, people := aTeam(t)
	secret := casework.NewCaseID("Ministry")
	title := "Ministry"
	d, err := casefile.Make(casefile.On(casefile.OnCase, secret), casefile.Open, 0, "", casefile.CaseFields{Title: &title})
	if err == nil {
		_, err = o.book.Decide(t.Context(), "admin", d, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"other", "nowhere", "ministry-cqbv"} {
		got := people["reporter"].json("POST", "/api/decisions", map[string]any{"on": "case/" + id, "do": "open", "with": map[string]string{"title": "x"}}, nil)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("open %s = %d %s, want %d whether it is there or not", id, got.status, got.body, http.StatusUnprocessableEntity)
		}
	}
	got := people["reporter"].json("POST", "/api/decisions", map[string]any{"on": "case/" + secret, "do": "open", "with": map[string]string{"title": "x"}}, nil)
	if got.status != http.StatusNotFound || strings.Contains(got.body, "Ministry") {
		t.Errorf("open a case that is another's = %d %s, want %d", got.status, got.body, http.StatusNotFound)
	}
}

// What others take in, compare and fetch is theirs: a reporter sees the own work, an administrator all.
func TestJobsOfOthers(t *testing.T) {
	o, people := aTeam(t)
	body, kind := form(t, [][2]string{{"text", "The mayor said on Monday that nobody was hurt."}}, nil)
	got := people["editor"].do("POST", "/api/intake", body, map[string]string{"Content-Type": kind})
	var v jobView
	if err := json.Unmarshal([]byte(got.body), &v); err != nil || got.status != http.StatusAccepted {
		t.Fatalf("intake = %d %s %v", got.status, got.body, err)
	}
	for name, want := range map[string]bool{"editor": true, "admin": true, "reporter": false} {
		list := people[name].do("GET", "/api/jobs", "", nil)
		if strings.Contains(list.body, v.ID) != want {
			t.Errorf("jobs as %s = %s, with the editor's: %v, want %v", name, list.body, !want, want)
		}
		one := people[name].do("GET", "/api/jobs/"+v.ID, "", nil)
		if (one.status == http.StatusOK) != want || !want && one.status != http.StatusNotFound {
			t.Errorf("the editor's job as %s = %d %s", name, one.status, one.body)
		}
		if page := people[name].do("GET", "/intake", "", nil); strings.Contains(page.body, v.ID) != want {
			t.Errorf("the page of intakes as %s shows the editor's job: %v, want %v", name, !want, want)
		}
	}
	if got := people["reporter"].do("DELETE", "/api/jobs/"+v.ID, "", nil); got.status != http.StatusNotFound {
		t.Errorf("stopping the editor's job = %d, want %d", got.status, http.StatusNotFound)
	}
	o.desk.jobs.all.Wait()
}
