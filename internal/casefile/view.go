package casefile

import (
	"slices"
	"time"
)

// Status says where something stands between the machine's suggestion and a person's decision.
type Status string

// The states of a suggestion.
const (
	Suggested Status = "suggested"
	Confirmed Status = "confirmed"
	Refused   Status = "refused"
)

// Decided is who brought something to its state; zero for a suggestion.
type Decided struct {
	Status Status    `json:"status"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// Status returns the state of a claim or contradiction.
func (s *State) Status(on Subject) Decided {
	d := Decided{Status: Suggested}
	for _, e := range s.live(on) {
		switch e.Do {
		case Confirm:
			d = Decided{Confirmed, e.Actor, e.Time, e.Reason}
		case Refuse:
			d = Decided{Refused, e.Actor, e.Time, e.Reason}
		}
	}
	return d
}

// ClaimChanges is what people changed on a suggested claim.
type ClaimChanges struct {
	Edit  ClaimEdit // fields that differ from the suggestion
	Cuts  []int     // bytes at which it was split, sorted
	Into  Subject   // claim that it was merged into, or ""
	Notes []Entry
}

// Changes returns what people changed on a claim.
func (s *State) Changes(on Subject) ClaimChanges {
	var c ClaimChanges
	for _, e := range s.live(on) {
		switch e.Do {
		case Edit:
			c.Edit = c.Edit.then(mustWith[ClaimEdit](e.Decision))
		case Split:
			c.Cuts = append(c.Cuts, mustWith[SplitInto](e.Decision).At)
		case Merge:
			c.Into = mustWith[MergeInto](e.Decision).Into
		case Note:
			c.Notes = append(c.Notes, *e)
		}
	}
	slices.Sort(c.Cuts)
	return c
}

func (e ClaimEdit) then(f ClaimEdit) ClaimEdit {
	if f.Spans != nil {
		e.Spans = f.Spans
	}
	if f.Places != nil {
		e.Places = f.Places
	}
	if f.Figures != nil {
		e.Figures = f.Figures
	}
	for _, p := range []struct{ old, new **string }{{&e.Source, &f.Source}, {&e.Channel, &f.Channel}, {&e.Kind, &f.Kind}, {&e.Commitment, &f.Commitment}, {&e.About, &f.About}} {
		if *p.new != nil {
			*p.old = *p.new
		}
	}
	return e
}

// Reuse returns the decision on a reuse; Is is empty while nobody decided.
func (s *State) Reuse(on Subject) (ReuseDecision, Decided) {
	var r ReuseDecision
	d := Decided{Status: Suggested}
	for _, e := range s.live(on) {
		if e.Do == Decide {
			r, d = mustWith[ReuseDecision](e.Decision), Decided{Confirmed, e.Actor, e.Time, e.Reason}
		}
	}
	return r, d
}

// A SourceView is what is known about a source's reliability.
type SourceView struct {
	ID     string
	Root   string            // source that it repeats, or ""
	Grades map[string]string // by topic; "" is for all topics
}

// Source returns a source; one that nobody graded has no grades.
func (s *State) Source(id string) SourceView {
	v := SourceView{ID: SourceID(id), Grades: map[string]string{}}
	for _, e := range s.live(On(OnSource, id)) {
		switch e.Do {
		case Grade:
			g := mustWith[Grading](e.Decision)
			v.Grades[g.Topic] = g.Grade
		case Derive:
			v.Root = SourceID(mustWith[DerivedFrom](e.Decision).Root)
		}
	}
	return v
}

// Grade returns the reliability on a topic: that of the topic, else the general one, else F.
func (v SourceView) Grade(topic string) string {
	if g, ok := v.Grades[topic]; ok {
		return g
	}
	if g, ok := v.Grades[""]; ok {
		return g
	}
	return "F"
}

// Root follows who repeats whom to the end.
func (s *State) Root(id string) string {
	id = SourceID(id)
	for range 100 {
		r := s.Source(id).Root
		if r == "" {
			return id
		}
		id = r
	}
	return id
}

// Graphic reports whether a person marked an item as showing what should be seen only on request.
func (s *State) Graphic(item string) bool {
	g := false
	for _, e := range s.live(On(OnItem, item)) {
		if e.Do == Show {
			g = mustWith[Graphic](e.Decision).Graphic
		}
	}
	return g
}

// Filed is a piece of evidence in a case.
type Filed struct {
	Entry Entry
	Evidence
}

// Withdrawn is what was filed in a case and does not count there any more, since a person decided that the reuse is something else.
type Withdrawn struct {
	Filed
	Is      string // the decision on the reuse
	Decided Entry
}

// Signed is a verdict with its author and second person.
type Signed struct {
	Entry  Entry
	Second *Entry // nil while nobody seconded it
	Verdict
}

// A TaskItem is a thing to do in a case.
type TaskItem struct {
	Entry Entry
	Done  bool
	TaskText
}

// A Case holds a question together.
type Case struct {
	ID                    string
	Title, Question, Risk string
	State, Scale          string
	Opened, Changed       time.Time
	By                    string
	Owner                 string // who sees to it
	Evidence              []Filed
	Withdrawn             []Withdrawn
	Links                 []PicturesOf
	Notes                 []Entry
	Tasks                 []TaskItem
	Verdicts              []Signed // oldest first; the last on a claim is the one that stands
}

// Case returns a case by id.
func (s *State) Case(id string) (Case, bool) {
	c := Case{ID: id}
	for _, e := range s.live(On(OnCase, id)) {
		c.Changed = e.Time
		switch e.Do {
		case Open:
			c.Opened, c.By, c.Owner, c.State = e.Time, e.Actor, e.Actor, CaseStates[0]
			c.set(mustWith[CaseFields](e.Decision))
		case Set:
			c.set(mustWith[CaseFields](e.Decision))
		case File:
			v := mustWith[Evidence](e.Decision)
			if v.Credibility == 0 {
				v.Credibility = 6
			}
			c.Evidence = append(c.Evidence, Filed{*e, v})
		case Unfile:
			gone := mustWith[EntryRef](e.Decision).Entry
			c.Evidence = slices.DeleteFunc(c.Evidence, func(f Filed) bool { return f.Entry.Index == gone })
		case Link:
			c.Links = append(c.Links, mustWith[PicturesOf](e.Decision))
		case Note:
			c.Notes = append(c.Notes, *e)
		case Task:
			c.Tasks = append(c.Tasks, TaskItem{Entry: *e, TaskText: mustWith[TaskText](e.Decision)})
		case Done:
			for i := range c.Tasks {
				c.Tasks[i].Done = c.Tasks[i].Done || c.Tasks[i].Entry.Index == mustWith[EntryRef](e.Decision).Entry
			}
		case Sign:
			c.Verdicts = append(c.Verdicts, Signed{Entry: *e, Verdict: mustWith[Verdict](e.Decision)})
		case Second:
			for i := range c.Verdicts {
				if c.Verdicts[i].Entry.Index == mustWith[EntryRef](e.Decision).Entry {
					second := *e
					c.Verdicts[i].Second = &second
				}
			}
		}
	}
	c.Evidence, c.Withdrawn = s.standing(c.Evidence)
	return c, !c.Opened.IsZero()
}

// standing parts what was filed into what counts and what does not any more: a reuse that a person called a look-alike or
// suppressed, and one called the same place at another time after it had been filed.
func (s *State) standing(list []Filed) (stands []Filed, gone []Withdrawn) {
	for _, f := range list {
		is, by := s.judged(f.What)
		if is == LookAlike || is == Suppress || is == SamePlace && by.Index > f.Entry.Index {
			gone = append(gone, Withdrawn{f, is, by})
		} else {
			stands = append(stands, f)
		}
	}
	return stands, gone
}

// judged returns the decision that stands on a reuse, "" while there is none.
func (s *State) judged(on Subject) (is string, by Entry) {
	for _, e := range s.live(on) {
		if on.Kind() == OnReuse && e.Do == Decide {
			is, by = mustWith[ReuseDecision](e.Decision).Is, *e
		}
	}
	return is, by
}

func (c *Case) set(f CaseFields) {
	for _, p := range []struct {
		dst *string
		src *string
	}{{&c.Title, f.Title}, {&c.Question, f.Question}, {&c.Risk, f.Risk}, {&c.State, f.State}, {&c.Scale, f.Scale}, {&c.Owner, f.Owner}} {
		if p.src != nil {
			*p.dst = *p.src
		}
	}
}

// Cases lists all, the last changed first.
func (s *State) Cases() []Case {
	var out []Case
	for _, on := range s.Subjects(OnCase) {
		if c, ok := s.Case(on.ID()); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Case) int { return b.Changed.Compare(a.Changed) })
	return out
}

// Verdict returns the verdict that stands on a claim in a case.
func (c Case) Verdict(claim Subject) (Signed, bool) {
	for _, v := range slices.Backward(c.Verdicts) {
		if v.Claim == claim {
			return v, true
		}
	}
	return Signed{}, false
}
