package desk

import (
	"errors"
	"net/http"
	"strings"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// An accountView is a person's own page.
type accountView struct {
	Alone    bool // works here by a printed link
	First    bool // has no password yet
	Cases    []ownCase
	Admins   []string
	Asks     string // what was asked for and not answered yet
	Sessions int
}

type ownCase struct{ ID, Title, Role string }

func (d *Desk) accountPage(q *request) error {
	v, err := d.ownAccount(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "account", q.words.Say("title.account"), v)
}

// ownAccount is what a person is shown of the own account.
func (d *Desk) ownAccount(q *request) (accountView, error) {
	v := accountView{Alone: d.Local != "", First: q.who.NoPassword}
	for _, c := range d.casesOf(q) {
		v.Cases = append(v.Cases, ownCase{c.ID, c.Title, q.who.In(c.ID).String()})
	}
	people, err := d.members(q.Context())
	for _, p := range people {
		if p.Role == accounts.Admin && !p.Suspended {
			v.Admins = append(v.Admins, p.Name)
		}
		if p.Name == q.who.Name {
			v.Sessions, v.Asks = p.Sessions, p.Asks
		}
	}
	return v, err
}

// apiPassword changes the password of who asks, who goes on in this browser and nowhere else.
func (d *Desk) apiPassword(q *request) error {
	var in passwordRequest
	if err := q.read(&in); err != nil {
		return err
	}
	if !d.limitOf("password of "+q.who.Name, signInRate, signInBurst).Allow() {
		return wrong(http.StatusTooManyRequests, "error.rate")
	}
	change := func() error { return d.Accounts.ChangePassword(q.Context(), q.who.Name, in.Old, in.Password) }
	if q.who.NoPassword { // of the person who works alone: the link let in
		change = func() error { return d.book(q).SetPassword(q.Context(), q.who.Name, in.Password) }
	}
	if err := change(); err != nil {
		return accountProblem(err)
	}
	begin := d.Accounts.Begin
	if d.Local == q.who.Name {
		begin = d.Accounts.BeginByLink
	}
	token, err := begin(q.Context(), q.who.Name, q.UserAgent())
	if err != nil {
		return err
	}
	d.setCookie(q.w, token)
	return q.json(done{true})
}

func (d *Desk) apiSignOut(q *request) error {
	if _, err := d.book(q).EndSessions(q.Context(), q.who.Name); err != nil {
		return err
	}
	d.setCookie(q.w, "")
	return q.json(done{true})
}

func (d *Desk) apiAsk(q *request) error {
	var in askRequest
	if err := q.read(&in); err != nil {
		return err
	}
	if err := d.Accounts.Ask(q.Context(), q.who.Name, strings.TrimSpace(in.Words)); err != nil {
		return accountProblem(err)
	}
	return q.json(done{true})
}

// An inviteView is the page on which a person sets a password.
type inviteView struct {
	Name, Token string
	Wrong       string // what is wrong with what was sent
}

func (d *Desk) invitePage(q *request) error {
	token := q.URL.Query().Get("token")
	name, err := d.Accounts.Invitation(q.Context(), token)
	if err != nil {
		return d.noInvitation(q, err)
	}
	return d.page(q, http.StatusOK, "invite", q.words.Say("title.invite"), inviteView{Name: name, Token: token})
}

// noInvitation says that a link is of no use; whoever tries many is slowed down.
func (d *Desk) noInvitation(q *request, err error) error {
	switch {
	case !errors.Is(err, accounts.ErrInvite):
		return err
	case !d.limitOf("invite "+address(q.Request), signInRate, signInBurst).Allow():
		return wrong(http.StatusTooManyRequests, "error.rate")
	}
	return wrong(http.StatusForbidden, "error.invite")
}

// accept sets the first password, or a new one, and signs the person in.
func (d *Desk) accept(q *request) error {
	v := inviteView{Token: q.PostFormValue("token")}
	var err error
	if v.Name, err = d.Accounts.Invitation(q.Context(), v.Token); err != nil {
		return d.noInvitation(q, err)
	}
	password := q.PostFormValue("password")
	if password != q.PostFormValue("again") {
		v.Wrong = q.words.Say("invite.differ")
	} else if _, err = d.Accounts.Accept(q.Context(), v.Token, password); err != nil {
		var field *casefile.InvalidError
		if err = accountProblem(err); !errors.As(err, &field) {
			return d.noInvitation(q, err)
		}
		v.Wrong = fieldWords(q.words, field)
	}
	if v.Wrong != "" {
		return d.page(q, http.StatusUnprocessableEntity, "invite", q.words.Say("title.invite"), v)
	}
	token, err := d.Accounts.Begin(q.Context(), v.Name, q.UserAgent())
	if err != nil {
		return err
	}
	d.setCookie(q.w, token)
	http.Redirect(q.w, q.Request, "/", http.StatusSeeOther)
	return nil
}
