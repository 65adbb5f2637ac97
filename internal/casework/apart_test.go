package casework

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/synth"
	"beleg/match"
	"beleg/video"
)

// A station is a data folder that broadcasts are taken into and compared.
type station struct {
	t      *testing.T
	dir    string
	ffmpeg string
	engine *intake.Engine
	book   *Book
}

func aStation(t *testing.T) *station {
	tools, err := video.Locate(t.Context(), video.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tools.Close() })
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b, done := openBook(t, filepath.Join(dir, "data"))
	t.Cleanup(done)
	return &station{t, dir, ffmpeg, intake.NewEngine(b.Folder, tools), b}
}

// takeIn makes a programme and takes it in.
func (s *station) takeIn(name, outlet string, shots ...synth.Shot) (id string) {
	s.t.Helper()
	p := &synth.Programme{W: 320, H: 180, Shots: shots}
	path := filepath.Join(s.dir, name)
	if err := synth.Encode(s.t.Context(), s.ffmpeg, p, p.Seconds(), path, synth.Encoding{W: 320, H: 180}); err != nil {
		s.t.Fatal(err)
	}
	in := &intake.Intake{Folder: s.book.Folder, Engine: s.engine, Actor: "anna", Asked: store.Request{Kind: store.Broadcast, Outlet: outlet},
		Taken: func(t intake.Taken) { id = t.ID }, Skip: func(intake.Skip) {}, State: func(intake.State) {}}
	if err := in.Run(s.t.Context(), []string{path}, 1, "test"); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// check returns the same footage that an item shows again between two times in milliseconds, and why it is set apart.
func (s *station) check(id string, from, to int64) (list []intake.Reuse, apart []*Apart) {
	s.t.Helper()
	all, err := s.engine.CheckItem(s.t.Context(), "anna", id)
	if err != nil {
		s.t.Fatal(err)
	}
	why, err := s.book.Apart(s.t.Context(), all)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, r := range all {
		if r.Kind == match.SameFootage && r.BStart >= from && r.BEnd <= to {
			list, apart = append(list, r), append(apart, why[i])
		}
	}
	return list, apart
}

func (s *station) decide(r intake.Reuse, is string) {
	s.t.Helper()
	on := casefile.On(casefile.OnReuse, r.ID)
	var base uint64
	s.book.Look(func(st *casefile.State) { base = st.Version(on) })
	if _, err := s.book.Decide(s.t.Context(), "bert", decision(s.t, on, casefile.Decide, base, casefile.ReuseDecision{Is: is}), ""); err != nil {
		s.t.Fatal(err)
	}
}

func TestApart(t *testing.T) {
	s := aStation(t)
	world := func(kind synth.Kind, seed uint64) *synth.World { return synth.NewWorld(kind, seed, 320, 180) }
	ident, old := world(synth.Harbour, 99), world(synth.Street, 2014)
	shot := func(d synth.Drawer, from, long float64) synth.Shot {
		return synth.Shot{Seen: d, From: from, Seconds: long, Graphics: synth.Graphics{Logo: "KN1"}}
	}
	news := func(n uint64) synth.Shot { return shot(world(synth.Road, 500+n), 0, 1) }
	earlier := s.takeIn("old.mp4", "Orontes Media", synth.Shot{Seen: old, Seconds: 6})
	for n := range uint64(match.Recurring) {
		s.takeIn(fmt.Sprintf("evening-%d.mp4", n), "KN1", shot(ident, 0, 2.5), news(n))
	}
	first := s.takeIn("first.mp4", "KN1", shot(ident, 0, 2.5), shot(old, 1, 4), news(20))

	list, apart := s.check(first, 0, 2700)
	if len(list) < match.Recurring {
		t.Errorf("the ident was found in %d items, want at least %d", len(list), match.Recurring)
	}
	for i := range list {
		if apart[i] == nil || apart[i].Why != Recurs || apart[i].Items < match.Recurring {
			t.Errorf("an ident in %d items is set apart as %+v", list[i].Recurs, apart[i])
		}
	}
	shown, apart := s.check(first, 2300, 6700)
	if len(shown) != 1 || shown[0].Earlier != earlier || apart[0] != nil || shown[0].Recurs != 1 {
		t.Fatalf("what was shown once: %+v, set apart as %+v; want it alone and not set apart", shown, apart)
	}

	// A person's word goes for the stretch wherever it is shown again, and for the item that showed it.
	s.decide(shown[0], casefile.Suppress)
	second := s.takeIn("second.mp4", "KN1", news(30), shot(old, 2, 3), news(31))
	list, apart = s.check(second, 800, 4200)
	if len(list) != 2 {
		t.Errorf("shown again in %d items, want the old one and the first broadcast", len(list))
	}
	for i := range list {
		if a := apart[i]; a == nil || a.Why != Suppressed || a.By != "bert" || a.Reuse != shown[0].ID {
			t.Errorf("%s: set apart as %+v, want by bert on %s", list[i].Earlier[:8], a, shown[0].ID)
		}
	}
	// Their word on this very stretch stands above it.
	s.decide(list[0], casefile.SameFootage)
	if _, apart = s.check(second, 800, 4200); apart[0] != nil || apart[1] == nil {
		t.Errorf("after a decision on one: %+v, want only the other set apart", apart)
	}
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "confine" { // the program starting itself again around the decoder
		os.Exit(video.ConfineMain(os.Args[2:]))
	}
	os.Exit(m.Run())
}
