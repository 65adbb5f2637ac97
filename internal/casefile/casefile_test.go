package casefile

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"beleg/claim/figure"
)

// A desk records decisions as the program does: check, write, apply.
type desk struct {
	t   *testing.T
	s   State
	idx uint64
}

func (k *desk) try(actor string, on Subject, do Verb, reason string, with any) (uint64, error) {
	k.t.Helper()
	d, err := Make(on, do, k.s.Version(on), reason, with)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.s.CheckBy(actor, d); err != nil {
		return 0, err
	}
	k.idx++
	k.s.Apply(Entry{Index: k.idx, Time: time.Date(2016, 10, 6, 18, 0, int(k.idx), 0, time.UTC), Actor: actor, Decision: d})
	return k.idx, nil
}

func (k *desk) do(actor string, on Subject, do Verb, reason string, with any) uint64 {
	k.t.Helper()
	n, err := k.try(actor, on, do, reason, with)
	if err != nil {
		k.t.Fatalf("%s %s: %v", do, on, err)
	}
	return n
}

func ptr(s string) *string { return &s }

const claim1, claim2, reuse1, case1 = Subject("claim/aa-1"), Subject("claim/aa-2"), Subject("reuse/r1"), Subject("case/c1")

func openCase(t *testing.T) *desk {
	k := &desk{t: t}
	k.do("ada", case1, Open, "", CaseFields{Title: ptr("Corridors"), Question: ptr("Are the pictures new?")})
	return k
}

func TestDecideUndoRedo(t *testing.T) {
	k := &desk{t: t}
	want := func(st Status) {
		t.Helper()
		if got := k.s.Status(claim1).Status; got != st {
			t.Errorf("status = %s, want %s", got, st)
		}
	}
	want(Suggested)
	n := k.do("ada", claim1, Confirm, "", nil)
	want(Confirmed)
	u := k.do("ada", claim1, Undo, "", EntryRef{n})
	want(Suggested)
	k.do("ada", claim1, Undo, "", EntryRef{u})
	want(Confirmed)
	if h := k.s.History(claim1); len(h) != 3 || h[0].Undone || !h[1].Undone {
		t.Errorf("history = %+v, want three entries, the second undone", h)
	}
}

func TestTwoPeopleDoNotOverwriteEachOther(t *testing.T) {
	k := &desk{t: t}
	seen := k.s.Version(claim1)
	k.do("ada", claim1, Confirm, "", nil)
	d, _ := Make(claim1, Refuse, seen, "not said so", nil)
	if err := k.s.Check(d); !errors.Is(err, ErrConflict) {
		t.Errorf("late decision: %v, want ErrConflict", err)
	}
}

func TestWrongDecisionsAreRefused(t *testing.T) {
	k := openCase(t)
	filed := k.do("ada", case1, File, "", Evidence{What: reuse1, Claim: claim1, Side: "against"})
	for name, c := range map[string]struct {
		on     Subject
		do     Verb
		reason string
		with   any
		field  string // named by the error
	}{
		"refusal without reason":     {claim1, Refuse, "", nil, "reason"},
		"verb of another kind":       {claim1, Grade, "x", Grading{Grade: "A"}, "do"},
		"unknown grade":              {"source/x", Grade, "x", Grading{Grade: "G"}, "grade"},
		"source of itself":           {"source/x", Derive, "", DerivedFrom{"x"}, "root"},
		"no id":                      {"claim", Confirm, "", nil, "on"},
		"claim into itself":          {claim1, Merge, "", MergeInto{claim1}, "into"},
		"spans out of order":         {claim1, Edit, "", ClaimEdit{Spans: [][2]int{{5, 9}, {2, 4}}}, "spans"},
		"date that is none":          {claim1, Edit, "", ClaimEdit{About: ptr("last week")}, "about"},
		"unknown kind":               {claim1, Edit, "", ClaimEdit{Kind: ptr("rumour")}, "kind"},
		"case opened twice":          {case1, Open, "", CaseFields{Title: ptr("x")}, "on"},
		"case without title":         {"case/c2", Open, "", CaseFields{}, "title"},
		"credibility 7":              {case1, File, "", Evidence{What: reuse1, Credibility: 7}, "credibility"},
		"side without claim":         {case1, File, "", Evidence{What: reuse1, Side: "for"}, "claim"},
		"claim as its own evidence":  {case1, File, "", Evidence{What: claim1, Claim: claim1, Side: "for"}, "what"},
		"unknown risk":               {case1, Set, "", CaseFields{Risk: ptr("none")}, "risk"},
		"rating of another scale":    {case1, Sign, "", Verdict{Claim: claim1, Rating: "half", Standard: Standards[0], Searched: true, Summary: "s"}, "rating"},
		"nothing against":            {case1, Sign, "", Verdict{Claim: claim1, Rating: "false-context", Standard: Standards[0], Summary: "s"}, "against"},
		"against, yet none found":    {case1, Sign, "", Verdict{Claim: claim1, Rating: "false-context", Standard: Standards[0], Against: []Subject{reuse1}, Searched: true, Summary: "s"}, "against"},
		"evidence that is not filed": {case1, Sign, "", Verdict{Claim: claim2, Rating: "false-context", Standard: Standards[0], Against: []Subject{reuse1}, Summary: "s"}, "against"},
		"verdict without words":      {case1, Sign, "", Verdict{Claim: claim1, Rating: "false-context", Standard: Standards[0], Searched: true}, "summary"},
		"done, but no task":          {case1, Done, "", EntryRef{filed}, "entry"},
		"unknown field":              {case1, Note, "", map[string]string{"words": "x"}, "with"},
		"empty note":                 {case1, Note, "", NoteText{" "}, "text"},
		"endless note":               {case1, Note, "", NoteText{strings.Repeat("x", maxWords+1)}, "text"},
	} {
		_, err := k.try("ada", c.on, c.do, c.reason, c.with)
		var inv *InvalidError
		if !errors.As(err, &inv) || inv.Field != c.field {
			t.Errorf("%s: error %v, want one on the field %s", name, err, c.field)
		}
	}
	if _, err := k.try("ada", "case/none", Note, "", NoteText{"x"}); !errors.Is(err, ErrUnknown) {
		t.Errorf("note in a case that does not exist: %v, want ErrUnknown", err)
	}
}

func TestVerdictNeedsASecondPerson(t *testing.T) {
	k := openCase(t)
	k.do("ada", case1, File, "", Evidence{What: reuse1, Claim: claim1, Side: "against", Credibility: 2})
	n := k.do("ada", case1, Sign, "", Verdict{Claim: claim1, Rating: "false-context", Standard: Standards[2], Against: []Subject{reuse1},
		Source: "state outlet", Tech: "reuse of 9 s", Content: "Homs, 2014", Summary: "The pictures are two years old."})
	if _, err := k.try("ada", case1, Second, "", EntryRef{n}); err == nil {
		t.Error("the author seconded the verdict")
	}
	k.do("ben", case1, Second, "", EntryRef{n})
	c, _ := k.s.Case("c1")
	v, ok := c.Verdict(claim1)
	if !ok || v.Second == nil || v.Second.Actor != "ben" {
		t.Errorf("verdict = %+v, want one seconded by ben", v)
	}
}

func TestSealedCaseTakesOnlyNotes(t *testing.T) {
	k := openCase(t)
	k.do("ada", case1, Set, "", CaseFields{State: ptr("sealed")})
	if _, err := k.try("ada", case1, File, "", Evidence{What: reuse1}); err == nil {
		t.Error("evidence was filed in a sealed case")
	}
	k.do("ada", case1, Note, "", NoteText{"correction received"})
	k.do("ada", case1, Set, "", CaseFields{State: ptr("open")})
	k.do("ada", case1, File, "", Evidence{What: reuse1})
}

func TestEvidenceTasksAndEdits(t *testing.T) {
	k := openCase(t)
	f := k.do("ada", case1, File, "", Evidence{What: reuse1, Claim: claim1, Side: "against"})
	task := k.do("ada", case1, Task, "", TaskText{"ask the channel", "ben"})
	k.do("ben", case1, Done, "", EntryRef{task})
	c, _ := k.s.Case("c1")
	if len(c.Evidence) != 1 || c.Evidence[0].Credibility != 6 || !c.Tasks[0].Done {
		t.Errorf("case = %+v, want evidence of credibility 6 and the task done", c)
	}
	k.do("ada", case1, Unfile, "wrong clip", EntryRef{f})
	if c, _ := k.s.Case("c1"); len(c.Evidence) != 0 {
		t.Errorf("evidence = %+v, want none", c.Evidence)
	}
	k.do("ada", claim1, Edit, "", ClaimEdit{Source: ptr("army"), Spans: [][2]int{{3, 20}}})
	k.do("ben", claim1, Edit, "", ClaimEdit{About: ptr("2016-10")})
	k.do("ben", claim1, Split, "", SplitInto{9})
	ch := k.s.Changes(claim1)
	if *ch.Edit.Source != "army" || *ch.Edit.About != "2016-10" || ch.Edit.Spans[0] != [2]int{3, 20} || ch.Cuts[0] != 9 {
		t.Errorf("changes = %+v", ch)
	}
}

func TestSourcesGradesAndRoots(t *testing.T) {
	k := &desk{t: t}
	k.do("ada", "source/agency", Grade, "long record", Grading{Grade: "B"})
	k.do("ada", "source/agency", Grade, "weak on figures", Grading{Topic: "figures", Grade: "D"})
	k.do("ada", "source/paper", Derive, "", DerivedFrom{"agency"})
	k.do("ada", "source/radio", Derive, "", DerivedFrom{"paper"})
	if g := k.s.Source("agency"); g.Grade("figures") != "D" || g.Grade("places") != "B" || k.s.Source("nobody").Grade("x") != "F" {
		t.Errorf("grades = %+v", g)
	}
	if r := k.s.Root("radio"); r != "agency" {
		t.Errorf("root of radio = %s, want agency", r)
	}
	if _, err := k.try("ada", "source/agency", Derive, "", DerivedFrom{"radio"}); err == nil {
		t.Error("a circle of sources was accepted")
	}
}

func rules(cs []Contradiction) (out []string) {
	for _, c := range cs {
		out = append(out, c.String())
	}
	return out
}

func TestContradictions(t *testing.T) {
	tv := Item{"tv", "KN1", "broadcast", "2016-10-06"}
	old := Reuse{On: reuse1, Item: "tv", Earlier: "clip", Since: "2014-05-11", How: "stated", Place: figure.Place{Words: "Homs", ID: "homs"}, From: 5000, To: 14000}
	shows := Claim{On: claim1, Item: "article", Text: "civilians leave east Aleppo", Source: "State television", Kind: "statement", About: "2016-10-06", Places: []figure.Place{{Words: "east Aleppo", ID: "aleppo"}}, Pictures: true}
	dead := func(on Subject, src, cmp string, value, top float64, about, kind string) Claim {
		return Claim{On: on, Source: src, Root: src, About: about, Places: []figure.Place{{Words: "Aleppo", ID: "aleppo"}}, Figures: []Figure{{Value: value, Max: top, Cmp: cmp, Unit: "persons", Event: "killed", Kind: kind}}}
	}
	for _, c := range []struct {
		name   string
		claims []Claim
		reuse  Reuse
		links  []PicturesOf
		want   []string
	}{
		{"pictures two years old", []Claim{shows}, old, nil, []string{"anachronism: claim/aa-1 against reuse/r1", "place conflict: claim/aa-1 against reuse/r1"}},
		{"says how old they are", []Claim{{On: claim1, Item: "article", Text: "the pictures are at least two years old", Pictures: true, Lasts: true}}, old, nil, nil},
		{"a day, and a length of time", []Claim{{On: claim1, Item: "article", Text: "pictures of a march of two hours", About: "2016-10-06", Pictures: true, Lasts: true}}, old, nil, []string{"anachronism: claim/aa-1 against reuse/r1"}},
		{"reuse of the same day", []Claim{shows}, func() Reuse { r := old; r.Since, r.Place = "2016-10-06", figure.Place{}; return r }(), nil, nil},
		{"reuse refused as look-alike", []Claim{shows}, func() Reuse { r := old; r.Is = LookAlike; return r }(), nil, nil},
		{"ident", []Claim{shows}, func() Reuse { r := old; r.Suppress = true; return r }(), nil, nil},
		{"unsure date", []Claim{shows}, func() Reuse { r := old; r.Since, r.Place = "2014-05/..", figure.Place{}; return r }(), nil, nil},
		{"claim about something else", []Claim{{On: claim1, Item: "article", Text: "x", Source: "army", About: "2016-10-06"}}, old, nil, nil},
		{"linked by a person", []Claim{{On: claim1, Item: "article", Text: "x", Source: "army"}}, old, []PicturesOf{{claim1, "item/tv"}}, []string{"anachronism: claim/aa-1 against reuse/r1"}},
		{"by outlet", []Claim{{On: claim1, Item: "article", Text: "x", Source: "KN1"}}, old, nil, []string{"anachronism: claim/aa-1 against reuse/r1"}},
		{"figures exclude each other", []Claim{dead(claim1, "a", ">", 300, 0, "2016-10-03", ""), dead(claim2, "b", "=", 20, 40, "2016-10-03", "")}, Reuse{}, nil, []string{"figure conflict: claim/aa-1 against claim/aa-2"}},
		{"figures meet", []Claim{dead(claim1, "a", ">=", 30, 0, "2016-10-03", ""), dead(claim2, "b", "=", 20, 40, "2016-10-03", "")}, Reuse{}, nil, nil},
		{"a day of the month", []Claim{dead(claim1, "a", ">", 300, 0, "2016-10", ""), dead(claim2, "b", "=", 20, 40, "2016-10-03", "")}, Reuse{}, nil, nil},
		{"a day with more than its month", []Claim{dead(claim1, "a", "=", 300, 0, "2016-10-03", ""), dead(claim2, "b", "<=", 40, 0, "2016-10", "")}, Reuse{}, nil, []string{"figure conflict: claim/aa-1 against claim/aa-2"}},
		{"other period", []Claim{dead(claim1, "a", ">", 300, 0, "2015", ""), dead(claim2, "b", "=", 20, 40, "2016-10-03", "")}, Reuse{}, nil, nil},
		{"one source", []Claim{dead(claim1, "a", ">", 300, 0, "2016-10-03", ""), dead(claim2, "a", "=", 20, 40, "2016-10-03", "")}, Reuse{}, nil, nil},
		{"counted and estimated", []Claim{dead(claim1, "a", ">", 300, 0, "2016-10-03", "estimated"), dead(claim2, "b", "=", 20, 40, "2016-10-03", "counted")}, Reuse{}, nil, nil},
		{"denial", []Claim{{On: claim1, Text: "hundreds left"}, {On: claim2, Source: "UN", Text: "knows nothing", Denies: []Subject{claim1, "claim/gone"}}}, Reuse{}, nil, []string{"denial: claim/aa-2 against claim/aa-1"}},
	} {
		got := rules(Contradictions(c.claims, []Reuse{c.reuse}, []Item{tv}, c.links))
		if strings.Join(got, "; ") != strings.Join(c.want, "; ") {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	a := Contradictions([]Claim{shows}, []Reuse{old}, []Item{tv}, nil)
	if b := Contradictions([]Claim{shows}, []Reuse{old}, []Item{tv}, nil); a[0].On != b[0].On || len(a[0].Chain) != 4 {
		t.Errorf("the same finding twice: %+v and %+v", a[0], b[0])
	}
}

func TestCompare(t *testing.T) {
	row := func(on, root, cmp string, value, top float64, about, kind, status string) Claim {
		return Claim{On: Subject("claim/" + on), Source: on, Root: root, About: about, Places: []figure.Place{{Words: "Aleppo", ID: "aleppo"}}, Figures: []Figure{{Value: value, Max: top, Cmp: cmp, Unit: "persons", Event: "killed", Kind: kind, Status: status}}}
	}
	list := Compare([]Claim{row("agency", "agency", ">=", 300, 0, "2016-10", "", ""), row("paper", "agency", "=", 300, 320, "2016-10", "", ""), row("army", "army", "=", 20, 40, "2016-10", "", ""),
		row("model", "model", "=", 900, 1100, "2016-10", "estimated", ""), row("clinic", "clinic", "=", 12, 0, "2016-10", "", "civilian"),
		{On: "claim/alone", Figures: []Figure{{Value: 3, Cmp: "=", Unit: "hospitals", Event: "destroyed"}}}, {On: "claim/long", Figures: []Figure{{Value: 3, Cmp: "=", Unit: "days"}, {Value: 4, Cmp: "=", Unit: "days"}}}})
	if len(list) != 1 || len(list[0].Rows) != 5 || list[0].Roots != 4 || !list[0].Mixed || !list[0].Overlaps {
		t.Fatalf("comparisons = %+v, want one of five rows and four roots, mixed, that overlap", list)
	}
	want := map[Pair]bool{{0, 1, figure.Other, figure.SameSource}: true, {0, 2, figure.Apart, ""}: true, {2, 3, figure.Unresolved, figure.Estimate}: true, {4, 2, figure.PartOf, figure.StatusPart}: true}
	for _, p := range list[0].Pairs {
		delete(want, p)
	}
	if len(want) > 0 {
		t.Errorf("pairs = %+v, which lack %v", list[0].Pairs, want)
	}
}

func TestFiguresOfAnEdit(t *testing.T) {
	k := &desk{t: t}
	good := Figure{Value: 2, Whole: 3, Cmp: "=", Unit: "hospitals", Event: "destroyed", About: "2016-10"}
	for name, change := range map[string]func(*Figure){
		"less than none": func(f *Figure) { f.Value = -1 }, "range upside down": func(f *Figure) { f.Max = 1 }, "part of less": func(f *Figure) { f.Whole = 1 }, "of nothing": func(f *Figure) { f.Unit = "" },
		"comparator": func(f *Figure) { f.Cmp = "≈" }, "event": func(f *Figure) { f.Event = "harmed" }, "status": func(f *Figure) { f.Status = "child" }, "kind": func(f *Figure) { f.Kind = "guessed" },
		"date": func(f *Figure) { f.About = "last week" }, "endless words": func(f *Figure) { f.Of = strings.Repeat("x", 201) },
	} {
		f := good
		change(&f)
		_, err := k.try("ada", claim1, Edit, "", ClaimEdit{Figures: &[]Figure{f}})
		var inv *InvalidError
		if !errors.As(err, &inv) || inv.Field != "figures" {
			t.Errorf("%s: error %v, want one on the field figures", name, err)
		}
	}
	k.do("ada", claim1, Edit, "", ClaimEdit{Figures: &[]Figure{good}})
	k.do("ada", claim1, Edit, "", ClaimEdit{Source: ptr("army")})
	if e := k.s.Changes(claim1).Edit; e.Figures == nil || len(*e.Figures) != 1 || (*e.Figures)[0].Whole != 3 || *e.Source != "army" {
		t.Errorf("edit = %+v, want the figure and the source", e)
	}
	k.do("ada", claim1, Edit, "", ClaimEdit{Figures: &[]Figure{}})
	if e := k.s.Changes(claim1).Edit; e.Figures == nil || len(*e.Figures) != 0 {
		t.Errorf("edit = %+v, want no figure", e)
	}
}

// What was recorded by one version must be read by the next: a decision that does not decode any
// more must not stop the fold.
func TestUnreadableDecisionIsKeptInHistory(t *testing.T) {
	var s State
	s.Apply(Entry{Index: 1, Decision: Decision{On: claim1, Do: Edit, With: json.RawMessage(`{"colour":"red"}`)}})
	s.Apply(Entry{Index: 2, Decision: Decision{On: claim1, Do: "paint"}})
	if len(s.History(claim1)) != 2 || s.Status(claim1).Status != Suggested {
		t.Errorf("history = %+v", s.History(claim1))
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("case/c1", "open", []byte(`{"title":"x"}`))
	f.Add("claim/a-1", "edit", []byte(`{"spans":[[1,2]]}`))
	f.Fuzz(func(t *testing.T, on, do string, with []byte) {
		k := openCase(t)
		d := Decision{On: Subject(on), Do: Verb(do), With: with, Base: k.s.Version(Subject(on))}
		if k.s.Check(d) == nil {
			k.s.Apply(Entry{Index: 99, Decision: d})
			k.s.Case(d.On.ID())
			k.s.Changes(d.On)
		}
	})
}
