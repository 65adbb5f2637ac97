package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"beleg/custody"
)

// A fakeLog is a log in memory.
type fakeLog []custody.Record

func (l fakeLog) records(_ context.Context, from uint64) iter.Seq2[custody.Record, error] {
	return func(yield func(custody.Record, error) bool) {
		for i := int(from); i < len(l); i++ {
			if !yield(l[i], nil) {
				return
			}
		}
	}
}

func (l *fakeLog) add(kind string, original byte, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r := custody.Record{Index: uint64(len(*l)), Kind: kind, Actor: "anna", Body: b,
		Time: time.Date(2026, 11, 22, 12, 0, len(*l), 0, time.UTC)}
	if original != 0 {
		r.Original = digest(original)
	}
	*l = append(*l, r)
}

func digest(b byte) (d custody.Digest) {
	for i := range d {
		d[i] = b
	}
	return d
}

func id(b byte) string { return digest(b).String() }

const claimLines = `{"start":0,"end":4,"text":"eins"}` + "\n" + `{"start":5,"end":9,"text":"zwei"}` + "\n"

var dataFolder = fstest.MapFS{"derived/03.claims.jsonl": {Data: []byte(claimLines)},
	"derived/first-second": {Data: reuseLines("first", "second")}, "derived/second-third": {Data: reuseLines("second", "third")}}

// reuseLines are what a check of item 1 found in item 2.
func reuseLines(ids ...string) []byte {
	var b []byte
	for _, name := range ids {
		b = fmt.Appendf(b, "{\"id\":%q,\"earlier\":%q}\n", name, id(2))
	}
	return b
}

func check(ids ...string) Derivation {
	b := reuseLines(ids...)
	sum := sha256.Sum256(b)
	return Derivation{Stage: StageCheck, Engine: "c/1", State: Partial, Detail: "not the state of the item",
		Outputs: []Output{{Role: RoleReuses, Path: "derived/" + strings.Join(ids, "-"), SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b))}}}
}

// sampleLog holds what a small newsroom did: two clips, one of them twice, an
// article, a run that was cut off.
func sampleLog() fakeLog {
	var l fakeLog
	sum := sha256.Sum256([]byte(claimLines))
	l.add(KindRun, 0, Run{ID: "R1", Step: "begin", Program: "beleg 1", Host: "desk", Asked: Request{Paths: []string{"/a"}}})
	l.add(KindIntake, 1, Intake{Run: "R1", Name: "one.mp4", Given: "a", Size: 10, Outlet: "Kanal 1",
		Appearances: []Appearance{{Date: "2014-05", How: Stated, Source: "--first-seen", Outlet: "Kanal 1"}}})
	l.add(KindIntake, 2, Intake{Run: "R1", Name: "two.mp4", Given: "a", Size: 20})
	l.add(KindDerivation, 1, Derivation{Stage: StageFootage, Engine: "e/1", Kind: Clip, State: Complete,
		Media: &Media{Kind: "video", Width: 640, Height: 360, Duration: 1e9, Frames: 25}})
	l.add(KindDerivation, 2, Derivation{Stage: StageFootage, Engine: "e/1", Kind: Clip, State: Partial, Detail: "until 3 s",
		Appearances: []Appearance{{Date: "2013-01-01", How: Metadata, Source: "creation_time"}}})
	l.add(KindRun, 0, Run{ID: "R1", Step: "end"})
	l.add(KindRun, 0, Run{ID: "R2", Step: "begin", Asked: Request{Paths: []string{"/b"}}})
	l.add(KindIntake, 1, Intake{Run: "R2", Name: "same.mp4", Given: "b", Size: 10, Place: "Aleppo",
		Appearances: []Appearance{{Date: "2013", How: Page, Source: "same.info.json"}}})
	l.add(KindIntake, 3, Intake{Run: "R2", Name: "text.html", Given: "b", Size: 30})
	l.add(KindDerivation, 3, Derivation{Stage: StageText, Engine: "t/1", Kind: Article, State: Complete,
		Text: &Text{Lang: "de", Title: "Titel", Claims: 2},
		Outputs: []Output{{Role: RoleClaims, Path: "derived/03.claims.jsonl",
			SHA256: hex.EncodeToString(sum[:]), Size: int64(len(claimLines))}}})
	l.add(KindDecision, 1, map[string]any{"on": "item/" + id(1), "do": "note", "key": "k1"})
	l.add(KindDerivation, 1, check("first", "second"))
	l.add(KindDecision, 0, map[string]any{"on": "source/un", "do": "note"})
	l.add(KindDerivation, 1, check("second", "third"))
	l.add("another", 3, map[string]string{"a later": "kind of record"})
	return l
}

func openSample(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Open(t.Context(), filepath.Join(t.TempDir(), "beleg.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Project(t.Context(), sampleLog().records, dataFolder); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProjectedItems(t *testing.T) {
	c := openSample(t)
	var got []string
	for it, err := range c.Items(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %s", it.Name, it.Kind, it.State, it.Outlet, it.Place))
	}
	want := []string{"one.mp4 clip complete Kanal 1 Aleppo", "two.mp4 clip partial  ", "text.html article complete  "}
	if !slices.Equal(got, want) {
		t.Errorf("Items() = %q, want %q", got, want)
	}
}

// Two workers may log the same bytes under two names in either order.
func TestNameDoesNotDependOnTheOrderWithinARun(t *testing.T) {
	for _, names := range [][]string{{"a.mp4", "b.mp4"}, {"b.mp4", "a.mp4"}} {
		var l fakeLog
		for _, name := range names {
			l.add(KindIntake, 1, Intake{Run: "R1", Name: name})
		}
		l.add(KindIntake, 1, Intake{Run: "R2", Name: "0.mp4"}) // a later run renames nothing
		c, err := OpenMemory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Project(t.Context(), l.records, dataFolder); err != nil {
			t.Fatal(err)
		}
		if it, err := c.Item(t.Context(), id(1)); err != nil || it.Name != "a.mp4" {
			t.Errorf("after %v the item is called %q, %v, want a.mp4", names, it.Name, err)
		}
	}
}

// TestItemsOf compares it with its slow twin: one item after the other.
func TestItemsOf(t *testing.T) {
	c := openSample(t)
	ids := []string{id(3), id(1), id(2), id(1)}
	got, err := c.ItemsOf(t.Context(), ids)
	if err != nil || len(got) != len(ids) {
		t.Fatalf("ItemsOf() = %d items, %v, want %d", len(got), err, len(ids))
	}
	for i, of := range ids {
		want, err := c.Item(t.Context(), of)
		if err != nil || !reflect.DeepEqual(got[i], want) {
			t.Errorf("ItemsOf()[%d] = %v, want %v (%v)", i, got[i], want, err)
		}
	}
	if _, err := c.ItemsOf(t.Context(), []string{id(1), "none"}); !errors.Is(err, ErrUnknown) {
		t.Errorf("ItemsOf(none) = %v, want ErrUnknown", err)
	}
	if got, err := c.ItemsOf(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("ItemsOf() = %v, %v, want none", got, err)
	}
	tallies, err := c.ClaimTallies(t.Context())
	all, err2 := c.Suggestions(t.Context(), "")
	n := 0
	for _, tally := range tallies {
		n += tally.Claims
	}
	if err != nil || err2 != nil || n != len(all) || n == 0 {
		t.Errorf("ClaimTallies() add up to %d, %v, want %d, %v", n, err, len(all), err2)
	}
}

func TestItemsByStateAndKind(t *testing.T) {
	c := openSample(t)
	for _, tt := range []struct {
		state, kind string
		want        int
	}{{"", "", 3}, {Partial, "", 1}, {"", Article, 1}, {Pending, "", 0}, {Complete, Clip, 1}} {
		n := 0
		for range c.Items(t.Context(), tt.state, tt.kind) {
			n++
		}
		if n != tt.want {
			t.Errorf("Items(%q, %q) yields %d, want %d", tt.state, tt.kind, n, tt.want)
		}
	}
}

func TestHistory(t *testing.T) {
	h, err := openSample(t).History(t.Context(), id(1))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Events) != 2 || len(h.Derivations) != 3 {
		t.Errorf("History has %d events and %d derivations, want 2 and 3", len(h.Events), len(h.Derivations))
	}
	var how []string
	for _, a := range h.Appearances {
		how = append(how, a.How+" "+a.Date)
	}
	want := []string{"log 2026-11-22T12:00:01Z", "page 2013", "stated 2014-05"}
	if !slices.Equal(how, want) {
		t.Errorf("appearances = %q, want %q", how, want)
	}
}

func TestClaimsOfAChangedFileAreLeftOut(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		want          int
	}{{"as recorded", claimLines, 2}, {"changed", strings.ToUpper(claimLines), 0}} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := OpenMemory(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			data := fstest.MapFS{"derived/03.claims.jsonl": {Data: []byte(tt.content)}}
			if err := c.Project(t.Context(), sampleLog().records, data); err != nil {
				t.Fatal(err)
			}
			h, err := c.History(t.Context(), id(3))
			if err != nil || len(h.Claims) != tt.want {
				t.Errorf("History has %d claims, %v, want %d", len(h.Claims), err, tt.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	c := openSample(t)
	for _, tt := range []struct {
		prefix, want string
		err          error
	}{
		{"010101", id(1), nil},
		{strings.ToUpper(id(2)), id(2), nil},
		{"01010", "", ErrShort},
		{"0101zz", "", ErrShort},
		{"abcdef", "", ErrUnknown},
	} {
		got, err := c.Find(t.Context(), tt.prefix)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Find(%q) = %q, %v, want %q, %v", tt.prefix, got, err, tt.want, tt.err)
		}
	}
}

func TestUnfinishedRun(t *testing.T) {
	c := openSample(t)
	for _, tt := range []struct{ path, want string }{{"/a", ""}, {"/b", "R2"}, {"/c", ""}} {
		got, err := c.Unfinished(t.Context(), Request{Paths: []string{tt.path}})
		if err != nil || got != tt.want {
			t.Errorf("Unfinished(%s) = %q, %v, want %q", tt.path, got, err, tt.want)
		}
	}
	taken, _, ok, err := c.Taken(t.Context(), "R2", Intake{Name: "same.mp4", Size: 10})
	if err != nil || !ok || taken != id(1) {
		t.Errorf("Taken(same.mp4) = %q, %v, %v, want %q", taken, ok, err, id(1))
	}
	if _, _, ok, _ := c.Taken(t.Context(), "R2", Intake{Name: "same.mp4", Size: 11}); ok {
		t.Errorf("Taken of a file that has grown = true, want false")
	}
}

// dump returns everything a catalogue can be asked for.
func dump(t *testing.T, c *Catalogue) string {
	t.Helper()
	var b strings.Builder
	for it, err := range c.Items(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		h, err := c.History(t.Context(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func TestRebuiltCatalogueIsTheSame(t *testing.T) {
	c := openSample(t)
	before := dump(t, c)
	if err := c.Rebuild(t.Context(), sampleLog().records, dataFolder); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, c); after != before {
		t.Errorf("rebuilt:\n%swant:\n%s", after, before)
	}
}

// Projecting record by record, with the file opened anew each time, is the slow twin of
// projecting all at once.
func TestProjectingInStepsIsTheSame(t *testing.T) {
	want := dump(t, openSample(t))
	path := filepath.Join(t.TempDir(), "beleg.db")
	log := sampleLog()
	for n := range log {
		c, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Project(t.Context(), log[:n+1].records, dataFolder); err != nil {
			t.Fatal(err)
		}
		if n == len(log)-1 {
			if got := dump(t, c); got != want {
				t.Errorf("in steps:\n%swant:\n%s", got, want)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheckNamesAChangedRow(t *testing.T) {
	c, log := openSample(t), sampleLog()
	if diff, err := c.Check(t.Context(), log.records, dataFolder); err != nil || len(diff) != 0 {
		t.Fatalf("Check of a good catalogue = %v, %v, want none", diff, err)
	}
	log.add(KindIntake, 4, Intake{Name: "later.mp4"})
	if diff, err := c.Check(t.Context(), log.records, dataFolder); err != nil || len(diff) != 0 {
		t.Fatalf("Check beside a writer = %v, %v, want none", diff, err)
	}
	if _, err := c.write.Exec("UPDATE item SET outlet = 'Kanal 2' WHERE id = $1", id(1)); err != nil {
		t.Fatal(err)
	}
	diff, err := c.Check(t.Context(), log.records, dataFolder)
	if err != nil || len(diff) != 2 {
		t.Fatalf("Check = %v, %v, want the changed row and the one that should be", diff, err)
	}
	for _, d := range diff {
		if d.Table != "item" || d.Item != id(1) {
			t.Errorf("difference in %s of item %s, want item of %s", d.Table, d.Item, id(1))
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	newer := filepath.Join(t.TempDir(), "newer.db")
	c, err := Open(t.Context(), newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	c.Close()
	broken := filepath.Join(t.TempDir(), "broken.db")
	if err := os.WriteFile(broken, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       error
	}{
		{"newer version", newer, ErrNewer},
		{"no database", broken, ErrDamaged},
		{"folder missing", filepath.Join(t.TempDir(), "no", "such", "beleg.db"), ErrUnwritable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Open(t.Context(), tt.path); !errors.Is(err, tt.want) {
				t.Errorf("Open = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestSinceOrdersByProof(t *testing.T) {
	log := func(day string) Appearance { return Appearance{Date: day, How: Log} }
	stated := func(day string) Appearance { return Appearance{Date: day, How: Stated} }
	tests := []struct {
		name string
		a, b []Appearance
		want int
	}{
		{"proof beats claim", []Appearance{log("2020-01-01"), stated("2019")}, []Appearance{log("2021-01-01"), stated("1990")}, -1},
		{"same day of proof: the claim decides", []Appearance{log("2021-01-01T10:00:00Z"), stated("2014")}, []Appearance{log("2021-01-01T09:00:00Z"), stated("2016")}, -1},
		{"an unsure date counts by its end", []Appearance{log("2021-01-01"), stated("2014")}, []Appearance{log("2021-01-01"), stated("2014-11")}, 1},
		{"an open end bounds nothing", []Appearance{log("2021-01-01"), stated("2014/..")}, []Appearance{log("2021-01-01"), stated("2015")}, 1},
		{"no proof comes last", []Appearance{stated("1990")}, []Appearance{log("2021-01-01")}, 1},
		{"equal", []Appearance{log("2021-01-01")}, []Appearance{log("2021-01-01")}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SinceOf(tt.a).Compare(SinceOf(tt.b)); got != tt.want {
				t.Errorf("Compare = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestStrengthOrder(t *testing.T) {
	list := []string{Trusted, Log, Page, Metadata, Stated, "rumour"}
	if !slices.IsSortedFunc(list, func(a, b string) int { return Strength(a) - Strength(b) }) {
		t.Errorf("strengths of %v do not ascend", list)
	}
	if got, want := SinceOf(nil), (Since{}); !reflect.DeepEqual(got, want) {
		t.Errorf("SinceOf(nil) = %v, want %v", got, want)
	}
}

func TestReusesOfCheckAfterCheck(t *testing.T) {
	c := openSample(t)
	list, err := c.Reuses(t.Context(), id(1))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, u := range list {
		got[u.ID] = u.Current
	}
	if want := map[string]bool{"first": false, "second": true, "third": true}; !reflect.DeepEqual(got, want) {
		t.Errorf("Reuses = %v, want %v: what the latest check did not find stays, not current", got, want)
	}
	if of, err := c.ReusesOf(t.Context(), id(2)); err != nil || len(of) != 3 {
		t.Errorf("ReusesOf = %v, %v, want 3", of, err)
	}
	if _, err := c.Reuse(t.Context(), "fourth"); !errors.Is(err, ErrUnknown) {
		t.Errorf("Reuse(fourth) = %v, want %v", err, ErrUnknown)
	}
	if _, ok, err := c.Checked(t.Context(), id(2)); ok || err != nil {
		t.Errorf("Checked of an item never checked = %v, %v", ok, err)
	}
}

func TestDecisions(t *testing.T) {
	c := openSample(t)
	var got []string
	for d, err := range c.Decisions(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %s", d.Index, d.Actor))
	}
	if want := []string{"10 anna", "12 anna"}; !slices.Equal(got, want) {
		t.Errorf("Decisions = %q, want %q", got, want)
	}
	for key, want := range map[string]bool{"k1": true, "k2": false, "": false} {
		if index, ok, err := c.DecisionByKey(t.Context(), key); err != nil || ok != want || ok && index != 10 {
			t.Errorf("DecisionByKey(%q) = %d, %v, %v, want %v", key, index, ok, err, want)
		}
	}
}

func TestChoose(t *testing.T) {
	c := openSample(t)
	for _, tt := range []struct {
		choice Choice
		want   []string
	}{
		{Choice{Limit: 2}, []string{"text.html", "two.mp4"}},
		{Choice{Limit: 9, Words: "ALEPPO one"}, []string{"one.mp4"}},
		{Choice{Limit: 9, Words: "t_o"}, nil},
		{Choice{Limit: 9, Words: "alep"}, []string{"one.mp4"}},
		{Choice{Limit: 9, Words: "leppo"}, nil},
		{Choice{Limit: 9, Words: "?!"}, nil},
		{Choice{Limit: 9, Kind: Clip, State: Partial}, []string{"two.mp4"}},
		{Choice{Limit: 9, Outlet: "Kanal 1"}, []string{"one.mp4"}},
		{Choice{Limit: 9, Before: 2}, []string{"one.mp4"}},
	} {
		list, _, err := c.Choose(t.Context(), tt.choice)
		var got []string
		for _, it := range list {
			got = append(got, it.Name)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("Choose(%+v) = %q, %v, want %q", tt.choice, got, err, tt.want)
		}
	}
}
