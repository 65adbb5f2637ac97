package casefile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// State is the fold of all decisions. The zero State is empty. It is not safe for concurrent use.
type State struct {
	entries map[Subject][]*Entry
	byIndex map[uint64]*Entry
	log     []*Entry // all, in log order
}

// Apply takes in one decision of the log, in log order. It does not judge it: what stands in the log
// has happened. An undo marks the entry that it names.
func (s *State) Apply(e Entry) {
	if s.entries == nil {
		s.entries, s.byIndex = map[Subject][]*Entry{}, map[uint64]*Entry{}
	}
	p := &e
	s.entries[key(e.On)] = append(s.entries[key(e.On)], p)
	s.byIndex[e.Index] = p
	s.log = append(s.log, p)
	if e.Do == Undo {
		if t := s.byIndex[mustWith[EntryRef](e.Decision).Entry]; t != nil && key(t.On) == key(e.On) {
			s.undo(t, true)
		}
	}
}

// key is the subject that entries are kept under: a source may be named by any form of its name.
func key(on Subject) Subject {
	if on.Kind() != OnSource {
		return on
	}
	return On(OnSource, SourceID(on.ID()))
}

// undo marks t; undoing an undo brings back what that one took away.
func (s *State) undo(t *Entry, undone bool) {
	t.Undone = undone
	if t.Do != Undo {
		return
	}
	if u := s.byIndex[mustWith[EntryRef](t.Decision).Entry]; u != nil && key(u.On) == key(t.On) {
		s.undo(u, !undone)
	}
}

// History lists all decisions on a subject, oldest first, undone ones marked.
func (s *State) History(on Subject) []Entry {
	list := s.entries[key(on)]
	out := make([]Entry, len(list))
	for i, e := range list {
		out[i] = *e
	}
	return out
}

// Version is the number of decisions on a subject: the Base of the next one.
func (s *State) Version(on Subject) uint64 { return uint64(len(s.entries[key(on)])) }

// After lists the first decisions that stand behind an index of the log, at most so many. Last is the index to ask from later on.
func (s *State) After(index uint64, most int) []Entry {
	i, _ := slices.BinarySearchFunc(s.log, index+1, func(e *Entry, want uint64) int { return cmp.Compare(e.Index, want) })
	var list []Entry
	for _, e := range s.log[i:min(len(s.log), i+most)] {
		list = append(list, *e)
	}
	return list
}

// Last is the index of the latest decision, 0 when there is none.
func (s *State) Last() uint64 {
	if len(s.log) == 0 {
		return 0
	}
	return s.log[len(s.log)-1].Index
}

// live yields the decisions on a subject that stand, oldest first.
func (s *State) live(on Subject) []*Entry {
	var out []*Entry
	for _, e := range s.entries[key(on)] {
		if !e.Undone && e.Do != Undo {
			out = append(out, e)
		}
	}
	return out
}

// Subjects lists those of a kind that anything was decided about, sorted.
func (s *State) Subjects(kind string) []Subject {
	var out []Subject
	for on := range maps.Keys(s.entries) {
		if on.Kind() == kind {
			out = append(out, on)
		}
	}
	slices.Sort(out)
	return out
}

// Check says whether a decision may be recorded now: its verb applies to the subject, what it needs
// is there and right, and its author saw the latest state (else an error that wraps [ErrConflict]).
func (s *State) Check(d Decision) error {
	if err := s.open(d); err != nil {
		return err
	}
	if err := text("reason", d.Reason, d.Do == Refuse || d.Do == Grade || d.Do == Unfile); err != nil {
		return err
	}
	check, ok := checks()[d.On.Kind()][d.Do]
	if !ok {
		return invalid("do", "%q cannot be done to a %s", d.Do, d.On.Kind())
	}
	return check(s, d)
}

// open refuses a decision on what is no subject, that its author took without having seen the latest, or in a sealed case.
func (s *State) open(d Decision) error {
	if err := d.On.Well(); err != nil {
		return err
	}
	if d.On.Kind() == OnSource && SourceID(d.On.ID()) == "" {
		return invalid("on", "%q is a pronoun, no source; name whom it means", d.On.ID())
	}
	if v := s.Version(d.On); d.Base != v {
		return fmt.Errorf("decide on %s: %w: it has %d entries, you had seen %d; look again and decide anew", d.On, ErrConflict, v, d.Base)
	}
	if c, _ := s.Case(d.On.ID()); d.On.Kind() == OnCase && c.State == "sealed" && d.Do != Set && d.Do != Note {
		return invalid("do", "the case is sealed; set its state to open first")
	}
	return nil
}

type check func(*State, Decision) error

// checked builds a check from one on what the verb needs.
func checked[T any](f func(*State, Subject, T) error) check {
	return func(s *State, d Decision) error {
		v, err := with[T](d)
		if err != nil {
			return err
		}
		return f(s, d.On, v)
	}
}

func nothing(*State, Subject, struct{}) error { return nil }

// checks lists what can be done to each kind of subject.
func checks() map[string]map[Verb]check {
	note := checked(func(_ *State, _ Subject, v NoteText) error { return text("text", v.Text, true) })
	undo := checked((*State).checkUndo)
	return map[string]map[Verb]check{
		OnClaim: {
			Confirm: checked(nothing), Refuse: checked(nothing), Note: note, Undo: undo,
			Edit: checked(func(_ *State, _ Subject, v ClaimEdit) error { return v.check() }),
			Split: checked(func(_ *State, _ Subject, v SplitInto) error {
				if v.At <= 0 {
					return invalid("at", "must be a place inside the claim")
				}
				return nil
			}),
			Merge: checked(func(_ *State, on Subject, v MergeInto) error {
				if v.Into == on || v.Into.Kind() != OnClaim {
					return invalid("into", "must be another claim")
				}
				return v.Into.Well()
			}),
		},
		OnContradiction: {Confirm: checked(nothing), Refuse: checked(nothing), Note: note, Undo: undo},
		OnReuse: {Note: note, Undo: undo,
			Decide: checked(func(_ *State, _ Subject, v ReuseDecision) error { return oneOf("is", v.Is, ReuseDecisions) })},
		OnSource: {Note: note, Undo: undo,
			Grade: checked(func(_ *State, _ Subject, v Grading) error {
				return cmp.Or(label("topic", v.Topic), oneOf("grade", v.Grade, []string{"A", "B", "C", "D", "E", "F"}))
			}),
			Derive: checked((*State).checkRoot)},
		OnItem: {Note: note, Undo: undo, Show: checked(func(*State, Subject, Graphic) error { return nil })},
		OnCase: {Undo: undo,
			Open: checked(func(s *State, on Subject, v CaseFields) error {
				if len(s.entries[on]) > 0 {
					return invalid("on", "the case %s exists already", on.ID())
				}
				if v.Title == nil {
					return invalid("title", "must not be empty")
				}
				return v.check()
			}),
			Set:    inCase(func(_ *State, _ Case, v CaseFields) error { return v.check() }),
			File:   inCase(func(s *State, _ Case, v Evidence) error { return cmp.Or(v.check(), s.checkReuse(v.What)) }),
			Unfile: inCase(func(s *State, c Case, v EntryRef) error { return s.ofVerb(On(OnCase, c.ID), v.Entry, File) }),
			Link: inCase(func(_ *State, _ Case, v PicturesOf) error {
				if v.Claim.Kind() != OnClaim || v.Item.Kind() != OnItem {
					return invalid("item", "a claim is linked with the item whose pictures it speaks about")
				}
				return cmp.Or(v.Claim.Well(), v.Item.Well())
			}),
			Note: inCase(func(_ *State, _ Case, v NoteText) error { return text("text", v.Text, true) }),
			Task: inCase(func(_ *State, _ Case, v TaskText) error {
				return cmp.Or(text("text", v.Text, true), label("who", v.Who))
			}),
			Done: inCase(func(s *State, c Case, v EntryRef) error { return s.ofVerb(On(OnCase, c.ID), v.Entry, Task) }),
			Sign: inCase(func(_ *State, c Case, v Verdict) error { return v.check(c) }),
		},
	}
}

// inCase is checked for verbs that need an open case.
func inCase[T any](f func(*State, Case, T) error) check {
	return checked(func(s *State, on Subject, v T) error {
		c, ok := s.Case(on.ID())
		if !ok {
			return fmt.Errorf("case %s: %w", on.ID(), ErrUnknown)
		}
		return f(s, c, v)
	})
}

func (s *State) entry(on Subject, index uint64) (*Entry, error) {
	e := s.byIndex[index]
	if e == nil || key(e.On) != key(on) {
		return nil, fmt.Errorf("entry %d of %s: %w", index, on, ErrUnknown)
	}
	if e.Undone {
		return nil, invalid("entry", "%d is undone already", index)
	}
	return e, nil
}

func (s *State) ofVerb(on Subject, index uint64, do Verb) error {
	e, err := s.entry(on, index)
	if err == nil && e.Do != do {
		err = invalid("entry", "%d is a %s, want a %s", index, e.Do, do)
	}
	return err
}

// CheckBy is [State.Check] with what depends on who decides: a second person must be another one.
func (s *State) CheckBy(actor string, d Decision) error {
	if d.Do != Second || d.On.Kind() != OnCase {
		return s.Check(d)
	}
	if err := s.open(d); err != nil {
		return err
	}
	ref, err := with[EntryRef](d)
	if err != nil {
		return err
	}
	if err := s.ofVerb(d.On, ref.Entry, Sign); err != nil {
		return err
	}
	if s.byIndex[ref.Entry].Actor == actor {
		return invalid("entry", "a verdict is seconded by another person than its author, %s", actor)
	}
	for _, e := range s.live(d.On) {
		if e.Do == Second && mustWith[EntryRef](e.Decision).Entry == ref.Entry {
			return invalid("entry", "the verdict has its second person already, %s", e.Actor)
		}
	}
	return nil
}

// checkUndo refuses to take back what is not there, is taken back, or that a case was opened: with it all of the case would be gone.
func (s *State) checkUndo(on Subject, v EntryRef) error {
	e, err := s.entry(on, v.Entry)
	if err == nil && e.Do == Open {
		err = invalid("entry", "that a case was opened cannot be taken back; seal it instead")
	}
	return err
}

func (f CaseFields) check() error {
	if f.Title != nil {
		if err := text("title", *f.Title, true); err != nil {
			return err
		}
	}
	if f.Question != nil {
		if err := text("question", *f.Question, false); err != nil {
			return err
		}
	}
	if f.Owner != nil {
		if err := text("owner", *f.Owner, true); err != nil {
			return err
		}
	}
	for _, e := range []struct {
		name string
		val  *string
		of   []string
	}{{"risk", f.Risk, Risks}, {"state", f.State, CaseStates}} {
		if e.val != nil {
			if err := oneOf(e.name, *e.val, e.of); err != nil {
				return err
			}
		}
	}
	if f.Scale != nil {
		if _, ok := ScaleOf(*f.Scale); !ok {
			return invalid("scale", "%q is not a known rating scale", *f.Scale)
		}
	}
	return nil
}

func (e Evidence) check() error {
	switch e.What.Kind() {
	case OnItem, OnReuse, OnClaim:
	default:
		return invalid("what", "evidence is an item, a reuse or a claim, not %q", shorten(string(e.What)))
	}
	if err := e.What.Well(); err != nil {
		return err
	}
	if e.Claim != "" {
		if err := e.Claim.Well(); err != nil {
			return err
		}
	}
	if e.Side != "" {
		if err := oneOf("side", e.Side, []string{"for", "against"}); err != nil {
			return err
		}
		if e.Claim.Kind() != OnClaim {
			return invalid("claim", "say which claim it speaks %s", e.Side)
		}
		if e.What == e.Claim {
			return invalid("what", "a claim is no evidence for itself")
		}
	}
	if e.Credibility < 0 || e.Credibility > 6 {
		return invalid("credibility", "must be 1 (confirmed) to 5 (improbable), or 6 (cannot be judged)")
	}
	return nil
}

// checkReuse refuses to file what a person judged to show nothing again.
func (s *State) checkReuse(on Subject) error {
	if is, _ := s.judged(on); is == LookAlike || is == Suppress {
		return invalid("what", "was judged a look-alike or suppressed; judge it anew first")
	}
	return nil
}

// check refuses a verdict that names no evidence against and does not say that it was searched for.
func (v Verdict) check(c Case) error {
	if v.Claim.Kind() != OnClaim || v.Claim.Well() != nil {
		return invalid("claim", "say which claim the verdict is on")
	}
	scale, _ := ScaleOf(c.Scale)
	if _, ok := scale.Rating(v.Rating); !ok {
		return invalid("rating", "%q is not in the scale %q of the case", v.Rating, scale.Name)
	}
	if err := oneOf("standard", v.Standard, Standards); err != nil {
		return err
	}
	if len(v.Against) == 0 && !v.Searched {
		return invalid("against", "name the evidence against the claim, or say that you searched and found none")
	}
	if len(v.Against) > 0 && v.Searched {
		return invalid("against", "evidence against is named, so it is not so that none was found")
	}
	for _, on := range v.Against {
		if !slices.ContainsFunc(c.Evidence, func(e Filed) bool { return e.What == on && e.Claim == v.Claim && e.Side == "against" }) {
			return invalid("against", "%s is not filed against the claim in this case", on)
		}
	}
	for _, f := range []struct{ name, val string }{{"source", v.Source}, {"technical", v.Tech}, {"content", v.Content}} {
		if err := text(f.name, f.val, false); err != nil {
			return err
		}
	}
	return text("summary", v.Summary, true)
}

// checkRoot refuses a source as root of itself, directly or around a circle.
func (s *State) checkRoot(on Subject, v DerivedFrom) error {
	if v.Root != "" {
		if err := On(OnSource, v.Root).Well(); err != nil {
			return err
		}
	}
	for id, n := v.Root, 0; id != ""; n++ {
		if SourceID(id) == SourceID(on.ID()) || n > 100 {
			return invalid("root", "%s would be derived from itself", on.ID())
		}
		id = s.Source(id).Root
	}
	return nil
}
