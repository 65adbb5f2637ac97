package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// aTeam is a desk with somebody of each role, all with that role in the case "own" and none in the case "other".
func aTeam(t *testing.T) (*office, map[string]*person) {
	t.Helper()
	o := anOffice(t, func(o *Options) { o.Local, o.Token = "", "" })
	people := map[string]*person{"stranger": o.stranger()}
	for _, role := range []accounts.Role{accounts.None, accounts.Reader, accounts.Reporter, accounts.Editor, accounts.Admin} {
		name := role.String()
		if err := o.people.Add(t.Context(), name, "a long password", role); err != nil {
			t.Fatal(err)
		}
		if role != accounts.Admin {
			if err := o.people.SetRole(t.Context(), name, "own", role); err != nil {
				t.Fatal(err)
			}
		}
		people[name] = o.member(name)
	}
	title := "a case"
	for _, id := range []string{"own", "other"} {
		d, err := casefile.Make(casefile.On(casefile.OnCase, id), casefile.Open, 0, "", casefile.CaseFields{Title: &title})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.book.Decide(t.Context(), "admin", d, ""); err != nil {
			t.Fatal(err)
		}
	}
	return o, people
}

// mayAsk is the slow twin of what the desk decides: what a role may do, by the table alone.
func mayAsk(rt route, role accounts.Role, inThisCase bool) bool {
	switch {
	case rt.in == anyone || role == accounts.Admin:
		return true
	case rt.in == inCase && !inThisCase:
		return false
	}
	return role >= rt.need
}

// Every route times every role times the own and another case.
func TestRoutesByRole(t *testing.T) {
	o, people := aTeam(t)
	item, reuse := o.item("article.html"), o.reuse().ID
	for _, rt := range routes() {
		for _, in := range []string{"own", "other"} {
			if in == "other" && !strings.Contains(rt.path, "{case}") {
				continue
			}
			path := strings.NewReplacer("{$}", "", "{item}", item, "{reuse}", reuse, "{job}", "no-such-job", "{name}", "desk.css", "{lang}", "de", "{case}", in).Replace(rt.path)
			if i := strings.IndexByte(path, '{'); i >= 0 {
				path = path[:i] + "none"
			}
			for name, p := range people {
				role := accounts.None
				if name != "stranger" {
					role, _ = accounts.ParseRole(name)
				}
				got := p.do(rt.method, path, "", map[string]string{"Accept": "application/json"})
				refused := got.status == http.StatusUnauthorized || got.status == http.StatusForbidden
				if rt.in == inCase && (in == "other" || role == accounts.None) && role < accounts.Admin {
					refused = refused || got.status == http.StatusNotFound
				}
				if rt.in == anyone {
					refused = got.status == http.StatusUnauthorized
				}
				if want := !mayAsk(rt, role, in == "own") || name == "stranger" && rt.in != anyone; refused != want {
					t.Errorf("%s %s as %s = %d, refused %v, want %v", rt.method, path, name, got.status, refused, want)
				}
			}
			for _, p := range people { // signing out is a route too
				if strings.HasSuffix(rt.path, "/sign-out") && p != people["stranger"] {
					people = again(o, people)
					break
				}
			}
		}
	}
}

// again signs everybody in anew.
func again(o *office, people map[string]*person) map[string]*person {
	out := map[string]*person{"stranger": people["stranger"]}
	for name := range people {
		if name != "stranger" {
			out[name] = o.member(name)
		}
	}
	return out
}

// What may be decided depends on what is sent.
func TestDecisionsByRole(t *testing.T) {
	o, _ := aTeam(t)
	note := `{"text":"seen"}`
	tests := []struct {
		on, do, with string
		need         accounts.Role // on the desk, or in the case
	}{
		{"item/" + o.item("article.html"), "note", note, accounts.Reporter},
		{"reuse/" + o.reuse().ID, "decide", `{"is":"look-alike"}`, accounts.Reporter},
		{"source/un", "note", note, accounts.Reporter},
		{"case/own", "note", note, accounts.Reporter},
		{"case/own", "task", `{"text":"call them"}`, accounts.Reporter},
		{"case/own", "set", `{"risk":"low"}`, accounts.Editor},
		{"case/other", "note", note, accounts.Admin},
		{"case/other", "set", `{"risk":"low"}`, accounts.Admin},
	}
	for _, tt := range tests {
		for _, role := range []accounts.Role{accounts.None, accounts.Reader, accounts.Reporter, accounts.Editor, accounts.Admin} {
			p := o.member(role.String())
			body := fmt.Sprintf(`{"on":%q,"do":%q,"with":%s,"base":%d}`, tt.on, tt.do, tt.with, o.book.Version(casefile.Subject(tt.on)))
			got := p.do("POST", "/api/decisions", body, map[string]string{"Content-Type": "application/json"})
			want := http.StatusCreated
			switch {
			case role >= tt.need:
			case strings.HasSuffix(tt.on, "/other") && role != accounts.None:
				want = http.StatusNotFound
			default:
				want = http.StatusForbidden
			}
			if got.status != want {
				t.Errorf("%s of %s as %s = %d %s, want %d", tt.do, tt.on, role, got.status, got.body, want)
			}
		}
	}
	if got := o.member("reader").do("GET", "/api/decisions?on=case/other", "", nil); got.status != http.StatusNotFound {
		t.Errorf("history of another case = %d, want %d", got.status, http.StatusNotFound)
	}
}

func TestWhoOpensACaseEditsIt(t *testing.T) {
	o, people := aTeam(t)
	id := casework.NewCaseID("New")
	got := people["reporter"].json("POST", "/api/decisions", map[string]any{"on": "case/" + id, "do": "open", "with": map[string]string{"title": "New"}}, nil)
	if got.status != http.StatusCreated {
		t.Fatalf("open = %d %s, want %d", got.status, got.body, http.StatusCreated)
	}
	p, err := o.people.Person(t.Context(), "reporter")
	if err != nil || p.In(id) != accounts.Editor {
		t.Errorf("role in the new case = %v, %v, want %v", p.In(id), err, accounts.Editor)
	}
}

func TestSigningIn(t *testing.T) {
	o, _ := aTeam(t)
	p := o.stranger()
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if got := p.do("POST", "/sign-in", "name=editor&password=wrong", form); got.status != http.StatusForbidden {
		t.Errorf("wrong password = %d, want %d", got.status, http.StatusForbidden)
	}
	if got := p.do("POST", "/sign-in", "name=nobody&password=a+long+password", form); got.status != http.StatusForbidden {
		t.Errorf("unknown name = %d, want %d", got.status, http.StatusForbidden)
	}
	if got := p.do("POST", "/sign-in", "name=editor&password=a+long+password", form); got.status != http.StatusSeeOther {
		t.Fatalf("right password = %d %s, want %d", got.status, got.body, http.StatusSeeOther)
	}
	if got := p.do("GET", "/", "", nil); got.status != http.StatusOK {
		t.Errorf("overview = %d, want %d", got.status, http.StatusOK)
	}
	if n, err := o.people.EndSessions(t.Context(), "editor"); err != nil || n < 1 {
		t.Errorf("EndSessions = %d, %v, want some", n, err)
	}
	if got := p.do("GET", "/", "", nil); got.status != http.StatusSeeOther || got.header.Get("Location") != "/sign-in" {
		t.Errorf("after the sessions were ended: %d to %q, want a redirect to /sign-in", got.status, got.header.Get("Location"))
	}
	for range 10 {
		p.do("POST", "/sign-in", "name=editor&password=guess", form)
	}
	if got := p.do("POST", "/sign-in", "name=editor&password=guess", form); got.status != http.StatusTooManyRequests {
		t.Errorf("many guesses = %d, want %d", got.status, http.StatusTooManyRequests)
	}
}
