package desk

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"beleg/internal/casefile"
)

func TestDecideAnswers(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	reuse := "reuse/" + o.reuse().ID
	is := map[string]string{"is": casefile.SameFootage}
	tests := []struct {
		name  string
		send  any
		want  int
		field string
	}{
		{"decide", map[string]any{"on": reuse, "do": "decide", "with": is, "key": "k1"}, http.StatusCreated, ""},
		{"the same again", map[string]any{"on": reuse, "do": "decide", "with": is, "key": "k1"}, http.StatusCreated, ""},
		{"outdated", map[string]any{"on": reuse, "do": "decide", "with": is, "key": "k2"}, http.StatusConflict, ""},
		{"key of another decision", map[string]any{"on": "source/un", "do": "note", "with": map[string]string{"text": "x"}, "key": "k1"}, http.StatusUnprocessableEntity, "key"},
		{"no such reuse", map[string]any{"on": "reuse/ffff", "do": "decide", "with": is}, http.StatusNotFound, ""},
		{"no such choice", map[string]any{"on": reuse, "do": "decide", "base": 1, "with": map[string]string{"is": "fake"}}, http.StatusUnprocessableEntity, "is"},
		{"no such verb", map[string]any{"on": reuse, "do": "burn", "base": 1}, http.StatusUnprocessableEntity, "do"},
		{"refusing without a reason", map[string]any{"on": "claim/" + o.item("article.html") + "-01", "do": "refuse"}, http.StatusUnprocessableEntity, "reason"},
		{"unknown field", map[string]any{"on": reuse, "do": "note", "colour": "red"}, http.StatusUnprocessableEntity, "body"},
		{"no subject", map[string]any{"do": "note"}, http.StatusUnprocessableEntity, "on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := anna.json("POST", "/api/decisions", tt.send, nil)
			var p problem
			if got.status >= 400 {
				if err := json.Unmarshal([]byte(got.body), &p); err != nil || p.Detail == "" {
					t.Fatalf("answer %s: %v", got.body, err)
				}
			}
			if got.status != tt.want || p.Field != tt.field {
				t.Errorf("= %d, field %q: %s, want %d, %q", got.status, p.Field, got.body, tt.want, tt.field)
			}
			if got.status == http.StatusConflict && len(p.Since) != 1 {
				t.Errorf("conflict names %d decisions, want the one that was missed", len(p.Since))
			}
		})
	}
	if n := o.book.Version(casefile.Subject(reuse)); n != 1 {
		t.Errorf("%d decisions on %s, want 1", n, reuse)
	}
}

// A desk that is closed and opened again knows the same, also of a decision that is sent again then.
func TestDecisionsOutlastTheDesk(t *testing.T) {
	o := anOffice(t, nil)
	on := "reuse/" + o.reuse().ID
	send := map[string]any{"on": on, "do": "decide", "with": map[string]string{"is": casefile.LookAlike}, "key": "k"}
	var first, second casefile.Entry
	o.anna().json("POST", "/api/decisions", send, &first)
	o.close()
	o.open(nil)
	o.anna().json("POST", "/api/decisions", send, &second)
	if first.Index == 0 || first.Index != second.Index || !first.Time.Equal(second.Time) {
		t.Errorf("sent again after a restart: entry %d at %v, want %d at %v", second.Index, second.Time, first.Index, first.Time)
	}
	if n := o.book.Version(casefile.Subject(on)); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
}

func TestTwoPeopleDoNotOverwriteEachOther(t *testing.T) {
	o := anOffice(t, nil)
	on := "reuse/" + o.reuse().ID
	const people = 8
	status := make(chan int, people)
	anna := o.anna()
	for range people {
		go func() {
			got := anna.json("POST", "/api/decisions", map[string]any{"on": on, "do": "decide", "with": map[string]string{"is": casefile.SameFootage}}, nil)
			status <- got.status
		}()
	}
	count := map[int]int{}
	for range people {
		count[<-status]++
	}
	if count[http.StatusCreated] != 1 || count[http.StatusConflict] != people-1 {
		t.Errorf("answers %v, want one %d and the others %d", count, http.StatusCreated, http.StatusConflict)
	}
}

func TestGermanProblem(t *testing.T) {
	o := anOffice(t, nil)
	got := o.anna().do("POST", "/api/decisions", `{"on":"claim/`+o.item("article.html")+`-01","do":"refuse"}`, map[string]string{"Content-Type": "application/json", "Accept-Language": "de-DE,de;q=0.9"})
	if !strings.Contains(got.body, "Bitte begründen Sie das.") {
		t.Errorf("problem = %s, want it in German", got.body)
	}
}
