package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/words"
)

// teamRoutes are those of accounts and of roles in a case.
func teamRoutes() []route {
	return []route{
		{method: "GET", path: "/team", in: onDesk, need: accounts.Admin, serve: (*Desk).teamPage},
		{method: "GET", path: "/account", in: onDesk, need: accounts.None, serve: (*Desk).accountPage},
		{method: "GET", path: "/cases/{case}/people", in: inCase, need: accounts.Reader, serve: (*Desk).casePeoplePage},
		{method: "GET", path: "/invite", in: anyone, serve: (*Desk).invitePage},
		{method: "POST", path: "/invite", in: anyone, serve: (*Desk).accept},

		{method: "GET", path: "/api/people", in: onDesk, need: accounts.Admin, serve: (*Desk).apiPeople, does: "list the accounts", gives: []member{}},
		{method: "POST", path: "/api/people", in: onDesk, need: accounts.Admin, serve: (*Desk).apiInvite,
			does: "make an account; answers the link with which its person sets a password, once", takes: inviteRequest{}, gives: invited{}},
		{method: "POST", path: "/api/people/{person}", in: onDesk, need: accounts.Admin, serve: (*Desk).apiPerson,
			does:  "change an account; do is role, suspend, let in, reset password, sign out or turn down (what was asked for)",
			takes: personRequest{}, gives: invited{}},
		{method: "GET", path: "/api/people/history", in: onDesk, need: accounts.Admin, serve: (*Desk).apiPeopleHistory,
			does: "what was changed about accounts, by whom, the last first", gives: []accounts.Change{}},
		{method: "GET", path: "/api/cases/{case}/people", in: inCase, need: accounts.Reader, serve: (*Desk).apiCasePeople,
			does: "who has which role in a case", gives: []caseRight{}},
		{method: "POST", path: "/api/cases/{case}/people", in: inCase, need: accounts.Editor, serve: (*Desk).apiCasePerson,
			does: "give somebody a role in a case: none, reader, reporter or editor", takes: caseRight{}, gives: []caseRight{}},
		{method: "POST", path: "/api/account/password", in: onDesk, need: accounts.None, serve: (*Desk).apiPassword,
			does: "change one's own password; all other sessions end", takes: passwordRequest{}, gives: done{}},
		{method: "POST", path: "/api/account/sign-out", in: onDesk, need: accounts.None, serve: (*Desk).apiSignOut,
			does: "end all of one's own sessions", gives: done{}},
		{method: "POST", path: "/api/account/access", in: onDesk, need: accounts.None, serve: (*Desk).apiAsk,
			does: "ask the administrators for a role", takes: askRequest{}, gives: done{}},
	}
}

// A member is an account with what an administrator is shown of it.
type member struct {
	accounts.Person
	Sessions int    `json:"sessions"`
	Asks     string `json:"asks,omitempty"` // what the person asked for
}

// State is how the account stands, in a word.
func (m member) State() string {
	switch {
	case m.Suspended:
		return "suspended"
	case m.NoPassword:
		return "invited"
	}
	return "active"
}

// A done says that something was done.
type done struct {
	Done bool `json:"done"`
}

type inviteRequest struct {
	Name string `json:"name"`
	Role string `json:"role"` // on the desk
}

// An invited is what an administrator hands on to a person.
type invited struct {
	Name string `json:"name"`
	Link string `json:"link,omitempty"` // works once, for seven days
}

type personRequest struct {
	Do   string `json:"do"`
	Role string `json:"role,omitempty"`
	Case string `json:"case,omitempty"` // of a role in a case
}

// A caseRight is somebody's role in a case.
type caseRight struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

type passwordRequest struct {
	Old      string `json:"old"` // "" when there is none yet
	Password string `json:"password"`
}

type askRequest struct {
	Words string `json:"words"`
}

// A teamView is the page on which accounts are kept.
type teamView struct {
	People  []member
	Roles   []string
	Cases   []casefile.Case
	Changes []accounts.Change
	Alone   bool // the desk is open to this machine only
	Titles  map[string]string
}

// changesShown is how many changes of accounts a page shows.
const changesShown = 200

func (d *Desk) members(ctx context.Context) ([]member, error) {
	people, err := d.Accounts.People(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := d.Accounts.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := d.Accounts.Requests(ctx)
	if err != nil {
		return nil, err
	}
	list := []member{}
	for _, p := range people {
		m := member{Person: p, Sessions: sessions[p.Name]}
		for _, r := range asked {
			if r.Name == p.Name {
				m.Asks = r.Words
			}
		}
		list = append(list, m)
	}
	return list, nil
}

func (d *Desk) teamPage(q *request) error {
	people, err := d.members(q.Context())
	if err != nil {
		return err
	}
	changes, err := d.Accounts.History(q.Context(), "", changesShown)
	if err != nil {
		return err
	}
	v := teamView{People: people, Roles: deskRoles, Cases: d.casesOf(q), Changes: changes, Alone: d.Local != "", Titles: map[string]string{}}
	for _, c := range v.Cases {
		v.Titles[c.ID] = c.Title
	}
	return d.page(q, http.StatusOK, "team", q.words.Say("title.team"), v)
}

// Roles that can be given: on the desk, and in a case.
var (
	deskRoles = []string{"none", "reader", "reporter", "editor", "admin"}
	caseRoles = []string{"none", "reader", "reporter", "editor"}
)

func (d *Desk) apiPeople(q *request) error {
	list, err := d.members(q.Context())
	if err != nil {
		return err
	}
	return q.json(list)
}

func (d *Desk) apiPeopleHistory(q *request) error {
	list, err := d.Accounts.History(q.Context(), "", changesShown)
	if err != nil {
		return err
	}
	return q.json(list)
}

// apiInvite makes an account and answers the link that lets its person in.
func (d *Desk) apiInvite(q *request) error {
	var in inviteRequest
	if err := q.read(&in); err != nil {
		return err
	}
	role, err := roleIn(in.Role, deskRoles)
	if err != nil {
		return err
	}
	token, err := d.book(q).Invite(q.Context(), strings.TrimSpace(in.Name), role)
	if err != nil {
		return accountProblem(err)
	}
	return q.answer(http.StatusCreated, invited{strings.TrimSpace(in.Name), d.inviteLink(q, token)})
}

// book is that of the accounts, in which what is changed stands as done by who asks.
func (d *Desk) book(q *request) *accounts.Book { return d.Accounts.As(q.who.Name) }

func (d *Desk) inviteLink(q *request, token string) string {
	u := url.URL{Scheme: "http", Host: q.Host, Path: "/invite", RawQuery: url.Values{"token": {token}}.Encode()}
	if d.Secure {
		u.Scheme = "https"
	}
	return u.String()
}

func roleIn(name string, allowed []string) (accounts.Role, error) {
	role, err := accounts.ParseRole(name)
	if err != nil || !slices.Contains(allowed, name) {
		return role, &casefile.InvalidError{Field: "role", Detail: "must be one of those that can be given here"}
	}
	return role, nil
}

// apiPerson changes one account.
func (d *Desk) apiPerson(q *request) error {
	var in personRequest
	if err := q.read(&in); err != nil {
		return err
	}
	ctx, name, book := q.Context(), q.PathValue("person"), d.book(q)
	out := invited{Name: name}
	var err error
	switch in.Do {
	case "role":
		allowed := deskRoles
		if in.Case != "" {
			if allowed = caseRoles; !d.isCase(in.Case) {
				return errNotFound
			}
		}
		role, wrong := roleIn(in.Role, allowed)
		if wrong != nil {
			return wrong
		}
		err = book.SetRole(ctx, name, in.Case, role)
	case "suspend":
		err = book.Suspend(ctx, name, true)
	case "let in":
		err = book.Suspend(ctx, name, false)
	case "reset password":
		token := ""
		if token, err = book.ResetPassword(ctx, name); err == nil {
			out.Link = d.inviteLink(q, token)
		}
	case "sign out":
		_, err = book.EndSessions(ctx, name)
	case "turn down":
		err = book.TurnDown(ctx, name)
	default:
		err = &casefile.InvalidError{Field: "do", Detail: "must be role, suspend, let in, reset password, sign out or turn down"}
	}
	if err != nil {
		return accountProblem(err)
	}
	return q.json(out)
}

func (d *Desk) isCase(id string) (ok bool) {
	d.Book.Look(func(s *casefile.State) { _, ok = s.Case(id) })
	return ok
}

// accountProblem says which field an error of the accounts is about.
func accountProblem(err error) error {
	for _, c := range []struct {
		err           error
		field, detail string
	}{
		{accounts.ErrName, "name", "has 1 to 64 letters, digits, dots, hyphens or underscores"},
		{accounts.ErrExists, "name", "is taken already"},
		{accounts.ErrWeak, "password", "needs at least 12 characters"},
		{accounts.ErrLong, "password", "has at most 1000 bytes"},
		{accounts.ErrPassword, "old", "is not your password"},
		{accounts.ErrLastAdmin, "role", "somebody must be left who may keep the accounts"},
		{accounts.ErrRequest, "words", "must be 1 to 500 bytes long"},
	} {
		if errors.Is(err, c.err) {
			return &casefile.InvalidError{Field: c.field, Detail: c.detail}
		}
	}
	return err
}

// A casePeopleView is the page that says who may do what in a case.
type casePeopleView struct {
	ID, Title string
	Rights    []caseRight
	Admins    []string
	Others    []string // accounts without a role in the case
	Roles     []string
	May       bool // change it
	Changes   []accounts.Change
}

// caseRights lists who has a role in a case, the administrators apart.
func (d *Desk) caseRights(ctx context.Context, id string) (rights []caseRight, admins, others []string, err error) {
	people, err := d.Accounts.People(ctx)
	rights = []caseRight{}
	for _, p := range people {
		switch {
		case p.Suspended:
		case p.Role == accounts.Admin:
			admins = append(admins, p.Name)
		case p.In(id) > accounts.None:
			rights = append(rights, caseRight{p.Name, p.In(id).String()})
		default:
			others = append(others, p.Name)
		}
	}
	return rights, admins, others, err
}

func (d *Desk) casePeoplePage(q *request) error {
	v := casePeopleView{ID: q.PathValue("case"), Roles: caseRoles, May: q.who.In(q.PathValue("case")) >= accounts.Editor}
	ok := false
	d.Book.Look(func(s *casefile.State) {
		var c casefile.Case
		c, ok = s.Case(v.ID)
		v.Title = c.Title
	})
	if !ok {
		return errNotFound
	}
	var err error
	if v.Rights, v.Admins, v.Others, err = d.caseRights(q.Context(), v.ID); err != nil {
		return err
	}
	if !v.May {
		v.Others = nil
	}
	if v.Changes, err = d.Accounts.History(q.Context(), v.ID, changesShown); err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "casepeople", q.words.Say("title.casepeople"), v)
}

func (d *Desk) apiCasePeople(q *request) error {
	if !d.isCase(q.PathValue("case")) {
		return errNotFound
	}
	rights, _, _, err := d.caseRights(q.Context(), q.PathValue("case"))
	if err != nil {
		return err
	}
	return q.json(rights)
}

// apiCasePerson gives a role in a case. Whoever edits the case decides who sees it.
func (d *Desk) apiCasePerson(q *request) error {
	var in caseRight
	if err := q.read(&in); err != nil {
		return err
	}
	if !d.isCase(q.PathValue("case")) {
		return errNotFound
	}
	role, err := roleIn(in.Role, caseRoles)
	if err != nil {
		return err
	}
	switch p, err := d.Accounts.Person(q.Context(), in.Name); {
	case errors.Is(err, accounts.ErrUnknown):
		return &casefile.InvalidError{Field: "name", Detail: "is not that of an account here"}
	case err != nil:
		return err
	case p.Role == accounts.Admin:
		return &casefile.InvalidError{Field: "name", Detail: "is an administrator, who may do everything in every case"}
	}
	if err := d.book(q).SetRole(q.Context(), in.Name, q.PathValue("case"), role); err != nil {
		return err
	}
	return d.apiCasePeople(q)
}

// ChangeWords says what was changed about an account.
func ChangeWords(w words.Words, c accounts.Change) string {
	role := func(name string) string { return w.Maybe("role.", name) }
	switch c.What {
	case accounts.Added, accounts.Invited:
		return w.Say("change."+c.What, c.Name, role(c.New))
	case accounts.NewRole:
		if c.Case != "" {
			return w.Say("change.role.case", c.Name, role(c.Old), role(c.New), c.Case)
		}
		return w.Say("change.role", c.Name, role(c.Old), role(c.New))
	case accounts.Asked:
		return w.Say("change."+c.What, c.Name, c.New)
	}
	return w.Say("change."+c.What, c.Name)
}
