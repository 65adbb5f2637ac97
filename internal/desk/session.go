package desk

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"beleg/internal/accounts"
)

// cookieName is that of the session. A cookie with the prefix is taken by browsers only over https and for this very host.
func (d *Desk) cookieName() string {
	if d.Secure {
		return "__Host-beleg"
	}
	return "beleg"
}

func (d *Desk) cookie(r *http.Request) string {
	c, err := r.Cookie(d.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

func (d *Desk) setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: d.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(accounts.Lifetime.Seconds())}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// enter lets in whoever has the link that `beleg serve` printed.
func (d *Desk) enter(q *request) error {
	if !d.limitOf("enter", signInRate, signInBurst).Allow() {
		return wrong(http.StatusTooManyRequests, "error.rate")
	}
	given := q.URL.Query().Get("token")
	if d.Token == "" || subtle.ConstantTimeCompare([]byte(given), []byte(d.Token)) != 1 {
		return wrong(http.StatusForbidden, "error.link")
	}
	token, err := d.Accounts.Begin(q.Context(), d.Local, q.UserAgent())
	if err != nil {
		return err
	}
	d.setCookie(q.w, token)
	http.Redirect(q.w, q.Request, "/", http.StatusSeeOther)
	return nil
}

// A signInView is what the page for signing in shows.
type signInView struct {
	Alone bool // no accounts: the printed link is the way in
	Wrong bool
	Name  string
}

func (d *Desk) signInPage(q *request) error {
	return d.page(q, http.StatusOK, "signin", q.words.Say("title.signin"), signInView{Alone: d.Local != ""})
}

func (d *Desk) signIn(q *request) error {
	if d.Local != "" {
		return errNotFound
	}
	name := q.PostFormValue("name")
	if !d.limitOf("sign in "+address(q.Request), signInRate, signInBurst).Allow() || !d.limitOf("sign in as "+name, signInRate, signInBurst).Allow() {
		return wrong(http.StatusTooManyRequests, "error.rate")
	}
	token, err := d.Accounts.SignIn(q.Context(), name, q.PostFormValue("password"), q.UserAgent())
	if errors.Is(err, accounts.ErrPassword) {
		d.Log.Warn("sign in refused", "name", name, "address", address(q.Request))
		return d.page(q, http.StatusForbidden, "signin", q.words.Say("title.signin"), signInView{Wrong: true, Name: name})
	}
	if err != nil {
		return err
	}
	d.Log.Info("signed in", "name", name, "address", address(q.Request))
	d.setCookie(q.w, token)
	http.Redirect(q.w, q.Request, "/", http.StatusSeeOther)
	return nil
}

func (d *Desk) signOut(q *request) error {
	if err := d.Accounts.End(q.Context(), d.cookie(q.Request)); err != nil {
		return err
	}
	d.setCookie(q.w, "")
	http.Redirect(q.w, q.Request, "/sign-in", http.StatusSeeOther)
	return nil
}
