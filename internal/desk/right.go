package desk

import (
	"encoding/json"
	"slices"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// rights says which role each decision takes: in the case when it is on a case or on a contradiction found in one, on the desk
// else. What is not listed may nobody do; [casefile.VerbsOf] says what there is, and a test that all of it is listed.
var rights = map[string]map[casefile.Verb]accounts.Role{
	casefile.OnItem:          all(accounts.Reporter, casefile.Note, casefile.Show, casefile.Undo),
	casefile.OnClaim:         all(accounts.Reporter, casefile.Confirm, casefile.Refuse, casefile.Edit, casefile.Split, casefile.Merge, casefile.Note, casefile.Undo),
	casefile.OnReuse:         all(accounts.Reporter, casefile.Decide, casefile.Note, casefile.Undo),
	casefile.OnSource:        all(accounts.Reporter, casefile.Grade, casefile.Derive, casefile.Note, casefile.Undo),
	casefile.OnContradiction: all(accounts.Reporter, casefile.Confirm, casefile.Refuse, casefile.Note, casefile.Undo),
	casefile.OnCase: join(all(accounts.Reporter, casefile.Open, casefile.File, casefile.Unfile, casefile.Link, casefile.Note, casefile.Task, casefile.Done, casefile.Undo),
		all(accounts.Editor, casefile.Set, casefile.Sign, casefile.Second)),
}

func all(role accounts.Role, verbs ...casefile.Verb) map[casefile.Verb]accounts.Role {
	m := map[casefile.Verb]accounts.Role{}
	for _, do := range verbs {
		m[do] = role
	}
	return m
}

func join(a, b map[casefile.Verb]accounts.Role) map[casefile.Verb]accounts.Role {
	for do, role := range b {
		a[do] = role
	}
	return a
}

// mayDecide refuses a decision that the person's role does not allow. It asks before anything else is looked at, so that no
// answer tells whether there is a case that the person may not see.
func (d *Desk) mayDecide(q *request, dec casefile.Decision) error {
	if err := dec.On.Well(); err != nil {
		return err
	}
	role, ok := rights[dec.On.Kind()][d.meant(dec)]
	switch {
	case dec.On.Kind() == casefile.OnCase && dec.Do == casefile.Open:
		return d.mayOpen(q.who, dec.On.ID())
	case dec.On.Kind() == casefile.OnCase, dec.On.Kind() == casefile.OnContradiction:
		if err := d.maySee(q, dec.On); err != nil {
			return err
		}
	}
	if !ok { // it cannot be done by anybody; to whom that is said is as for everything else
		role = accounts.Reporter
	}
	return need(q.who, d.placeOf(q, dec.On), role)
}

// meant is the verb that a decision takes the right of: an undo that of what it takes back.
func (d *Desk) meant(dec casefile.Decision) casefile.Verb {
	verb := dec.Do
	for range 10 { // an undo of an undo
		if verb != casefile.Undo {
			break
		}
		e, ok := d.entryOf(dec)
		if !ok {
			break
		}
		verb, dec = e.Do, e.Decision
	}
	return verb
}

// entryOf is the entry that an undo names.
func (d *Desk) entryOf(dec casefile.Decision) (casefile.Entry, bool) {
	var ref casefile.EntryRef
	if json.Unmarshal(dec.With, &ref) != nil {
		return casefile.Entry{}, false
	}
	for _, e := range d.Book.History(dec.On) {
		if e.Index == ref.Entry {
			return e, true
		}
	}
	return casefile.Entry{}, false
}

// mayOpen refuses to open a case to whoever has no role for it on the desk. Whoever does not see all cases must give it an id that
// nobody can guess: an answer to another would tell whether there is such a case.
func (d *Desk) mayOpen(who accounts.Person, id string) error {
	if err := need(who, "", accounts.Reporter); err != nil {
		return err
	}
	if who.Role < accounts.Admin && who.In(id) == accounts.None {
		if !casework.FreshCaseID(id) {
			return &casefile.InvalidError{Field: "on", Detail: "needs an id that ends in 26 random letters and digits, as the page gives it"}
		}
		if d.Book.Version(casefile.On(casefile.OnCase, id)) > 0 {
			return errNotFound
		}
	}
	return nil
}

// maySee refuses what a person has no role to see: a case, and a contradiction that is in none of the cases the person sees.
// Items, texts, claims, reuses and sources are those of the whole desk.
func (d *Desk) maySee(q *request, on casefile.Subject) error {
	switch {
	case q.who.Role < accounts.Reader:
		return errForbidden
	case q.who.Role == accounts.Admin:
	case on.Kind() == casefile.OnCase && q.who.In(on.ID()) < accounts.Reader:
		return errNotFound
	case on.Kind() == casefile.OnContradiction && d.placeOf(q, on) == "":
		return errNotFound
	}
	return nil
}

// placeOf is the case in which a role counts for a subject, "" when that is the desk. Of the cases with a contradiction that the
// person sees it is the one in which that person may do most.
func (d *Desk) placeOf(q *request, on casefile.Subject) string {
	switch {
	case on.Kind() == casefile.OnCase:
		return on.ID()
	case on.Kind() != casefile.OnContradiction || q.who.Role == accounts.Admin:
		return ""
	}
	best := ""
	for _, c := range d.casesOf(q) {
		if q.who.In(c.ID) > q.who.In(best) || best == "" {
			if d.holds(q, c.ID, on) {
				best = c.ID
			}
		}
	}
	return best
}

// holds reports whether the rules find a contradiction in a case, as it stands now.
func (d *Desk) holds(q *request, id string, on casefile.Subject) bool {
	f, err := d.Book.Findings(q.Context(), id)
	if err != nil {
		return false // what cannot be looked at is not shown
	}
	for _, c := range f.Contradictions {
		if c.On == on {
			return true
		}
	}
	return false
}

func need(who accounts.Person, in string, role accounts.Role) error {
	if who.In(in) < role {
		return errForbidden
	}
	return nil
}

// jobsOf lists the work that a person sees: the own, an administrator all. Names of files and addresses are nobody else's business
// before they are items.
func (d *Desk) jobsOf(q *request) []jobView {
	list := slices.DeleteFunc(d.jobs.views(), func(v jobView) bool { return !seesJob(q.who, v) })
	for i := range list {
		d.tellFailure(q, &list[i])
	}
	return list
}

// tellFailure says why work failed, in the language of who asks.
func (d *Desk) tellFailure(q *request, v *jobView) {
	if v.failed != nil {
		v.Note = d.problemOf(q, v.failed).Detail
	}
	for i, r := range v.Rows {
		if r.failed != nil {
			v.Rows[i].Detail = d.problemOf(q, r.failed).Detail
		}
	}
}

// jobOf is the job that the path names, with what stops it.
func (d *Desk) jobOf(q *request) (jobView, func(), error) {
	v, stop, ok := d.jobs.get(q.PathValue("job"))
	if !ok || !seesJob(q.who, v) {
		return v, nil, errNotFound
	}
	d.tellFailure(q, &v)
	return v, stop, nil
}

func seesJob(who accounts.Person, v jobView) bool {
	return v.By == who.Name || who.Role == accounts.Admin
}
