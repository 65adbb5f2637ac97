package casework

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/intake"
)

func openBook(t *testing.T, dir string) (*Book, func()) {
	t.Helper()
	folder, err := intake.Open(t.Context(), dir, custody.Options{KeyFile: dir + ".key"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return b, func() {
		if err := folder.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func decision(t *testing.T, on casefile.Subject, do casefile.Verb, base uint64, with any) casefile.Decision {
	t.Helper()
	d, err := casefile.Make(on, do, base, "because", with)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecideRecordsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	b, done := openBook(t, dir)
	un := casefile.On(casefile.OnSource, "un")
	grade := decision(t, un, casefile.Grade, 0, casefile.Grading{Grade: "B"})
	first, err := b.Decide(t.Context(), "anna", grade, "key")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, actor, key string
		d                casefile.Decision
		want             error
	}{
		{"sent again", "anna", "key", grade, nil},
		{"outdated", "anna", "", grade, casefile.ErrConflict},
		{"no item", "anna", "", decision(t, casefile.On(casefile.OnItem, strings.Repeat("0", 64)), casefile.Note, 0, casefile.NoteText{Text: "x"}), casefile.ErrUnknown},
		{"no reuse", "anna", "", decision(t, casefile.On(casefile.OnReuse, "x"), casefile.Decide, 0, casefile.ReuseDecision{Is: casefile.LookAlike}), casefile.ErrUnknown},
		{"no claim", "anna", "", decision(t, casefile.On(casefile.OnClaim, "x-1"), casefile.Confirm, 0, nil), casefile.ErrUnknown},
	} {
		e, err := b.Decide(t.Context(), tt.actor, tt.d, tt.key)
		if !errors.Is(err, tt.want) || err == nil && e.Index != first.Index {
			t.Errorf("%s: entry %d, %v, want entry %d, %v", tt.name, e.Index, err, first.Index, tt.want)
		}
	}
	var invalid *casefile.InvalidError
	if _, err := b.Decide(t.Context(), "ben", grade, "key"); !errors.As(err, &invalid) {
		t.Errorf("another person with the same key = %v, want it refused", err)
	}
	done()

	b, done = openBook(t, dir)
	defer done()
	if h := b.History(un); len(h) != 1 || h[0].Index != first.Index || h[0].Actor != "anna" || !h[0].Time.Equal(first.Time) {
		t.Errorf("opened again: %+v, want %+v", h, first)
	}
	if e, err := b.Decide(t.Context(), "anna", grade, "key"); err != nil || e.Index != first.Index {
		t.Errorf("sent again after opening again: %d, %v, want entry %d", e.Index, err, first.Index)
	}
}

// A person who goes away while a decision is recorded has decided all the same: it is there or was never
// acknowledged, and the state says what the log says.
func TestDecideOutlastsItsRequest(t *testing.T) {
	b, done := openBook(t, filepath.Join(t.TempDir(), "data"))
	defer done()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	un := casefile.On(casefile.OnSource, "un")
	_, err := b.Decide(ctx, "anna", decision(t, un, casefile.Note, 0, casefile.NoteText{Text: "x"}), "")
	n := 0
	for _, e := range b.Folder.Catalogue.Decisions(t.Context(), 0) {
		if e != nil {
			t.Fatal(e)
		}
		n++
	}
	if got := len(b.History(un)); got != n || (err == nil) != (n == 1) {
		t.Errorf("Decide = %v with %d decisions in the log and %d in the state", err, n, got)
	}
}

func TestClaimItem(t *testing.T) {
	digest := strings.Repeat("ab", 32)
	for _, tt := range []struct {
		on   casefile.Subject
		item string
		n    int
		ok   bool
	}{
		{casefile.On(casefile.OnClaim, digest+"-03"), digest, 3, true},
		{casefile.On(casefile.OnClaim, digest+"-00"), digest, 0, false},
		{casefile.On(casefile.OnClaim, digest+"-x"), digest, 0, false},
		{casefile.On(casefile.OnClaim, digest[1:]+"--03"), "", 0, false},
		{casefile.On(casefile.OnItem, digest), "", 0, false},
		{casefile.On(casefile.OnClaim, strings.Repeat("zz", 32)+"-03"), "", 0, false},
	} {
		item, n, ok := ClaimItem(tt.on)
		if ok != tt.ok || ok && (item != tt.item || n != tt.n) {
			t.Errorf("ClaimItem(%s) = %s, %d, %v, want %s, %d, %v", tt.on, item, n, ok, tt.item, tt.n, tt.ok)
		}
	}
}

func TestNewCaseID(t *testing.T) {
	a, b := NewCaseID("Die Korridore von Ost-Aleppo: Was ist belegt, was nicht?"), NewCaseID("Die Korridore von Ost-Aleppo: Was ist belegt, was nicht?")
	if !strings.HasPrefix(a, "korridore-von-ost-aleppo-was-ist-belegt") || a == b || len(a) > 70 || !FreshCaseID(a) {
		t.Errorf("NewCaseID = %s and %s, want two ids that begin with the title", a, b)
	}
	if a := NewCaseID("?!"); !FreshCaseID(a) {
		t.Errorf("NewCaseID without a word = %s, which has not the form of one", a)
	}
	for _, id := range []string{"", "own", "fall-cqbv", "corridors", strings.ToUpper(a), a + "\u202e", a + " ", "-" + a, strings.Repeat("x-", 30) + a} {
		if FreshCaseID(id) {
			t.Errorf("FreshCaseID(%q) = true, want false", id)
		}
	}
}
