package desk

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"beleg/internal/accounts"
)

// cookieName is that of the session. It is another for each data folder and port, since browsers give the cookies of one port of a
// host to all of them. A cookie with the prefix is taken by browsers only over https and for this very host.
func (d *Desk) cookieName() string {
	name := "beleg-" + d.name
	if d.Secure {
		name = "__Host-" + name
	}
	return name
}

// deskName makes the name that tells this desk from others on the same host.
func deskName(dir string, hosts []string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	port := ""
	if len(hosts) > 0 {
		_, port, _ = net.SplitHostPort(hosts[0])
	}
	return digestOf([]byte(dir + "\n" + port))[:12]
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

// enter lets in whoever has the link that `beleg serve` printed. Wrong links count against the address that tries them, and never
// against the right one.
func (d *Desk) enter(q *request) error {
	given := sha256.Sum256([]byte(q.URL.Query().Get("token")))
	want := sha256.Sum256([]byte(d.Token))
	if d.Token == "" || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		if !d.limitOf("enter "+address(q.Request), signInRate, signInBurst).Allow() {
			return wrong(http.StatusTooManyRequests, "error.rate")
		}
		return wrong(http.StatusForbidden, "error.link")
	}
	token, err := d.Accounts.BeginByLink(q.Context(), d.Local, q.UserAgent())
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
	Often bool // and not for the first time
	Name  string
}

func (d *Desk) signInPage(q *request) error {
	return d.page(q, http.StatusOK, "signin", q.words.Say("title.signin"), signInView{Alone: d.Local != ""})
}

// signIn begins a session of whoever knows the password. Somebody who tries wrong ones is slowed down, by address, and may slow
// down others there; nobody is ever locked out, since a password is always looked at.
func (d *Desk) signIn(q *request) error {
	if d.Local != "" {
		return errNotFound
	}
	name, password := q.PostFormValue("name"), q.PostFormValue("password")
	if len(name) > accounts.MaxName || len(password) > accounts.MaxPassword {
		return d.notSignedIn(q, "", false)
	}
	tries := d.limitOf("sign in "+address(q.Request), signInRate, signInBurst)
	slow := tries.Tokens() < 1
	if slow {
		done, err := d.slowLane(q, address(q.Request))
		if err != nil {
			return err
		}
		defer done()
	}
	token, err := d.Accounts.SignIn(q.Context(), name, password, q.UserAgent())
	if errors.Is(err, accounts.ErrPassword) {
		d.Log.Warn("sign in refused", "name", name, "address", address(q.Request))
		tries.Allow()
		if slow {
			pause(q.Context(), wrongPause)
		}
		return d.notSignedIn(q, name, slow)
	}
	if err != nil {
		return err
	}
	d.Log.Info("signed in", "name", name, "address", address(q.Request))
	d.setCookie(q.w, token)
	http.Redirect(q.w, q.Request, "/", http.StatusSeeOther)
	return nil
}

// notSignedIn says that name and password do not fit; to somebody who tried often, also that it was often.
func (d *Desk) notSignedIn(q *request, name string, often bool) error {
	status := http.StatusForbidden
	if often {
		status = http.StatusTooManyRequests
	}
	return d.page(q, status, "signin", q.words.Say("title.signin"), signInView{Wrong: true, Often: often, Name: name})
}

// wrongPause is how long a wrong password holds up its address once that has tried often: with it, 7,200 an hour can be tried.
const wrongPause = 500 * time.Millisecond

func pause(ctx context.Context, long time.Duration) {
	select {
	case <-time.After(long):
	case <-ctx.Done():
	}
}

// slowLane waits until no other try from an address is looked at; done lets the next one in.
func (d *Desk) slowLane(q *request, address string) (done func(), err error) {
	d.mu.Lock()
	lane := d.lanes[address]
	if lane == nil {
		lane = &slowLane{turn: make(chan struct{}, 1)}
		d.lanes[address] = lane
	}
	lane.users++
	d.mu.Unlock()
	leave := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if lane.users--; lane.users == 0 {
			delete(d.lanes, address)
		}
	}
	select {
	case lane.turn <- struct{}{}:
		return func() { <-lane.turn; leave() }, nil
	case <-q.Context().Done():
		leave()
		return nil, q.Context().Err()
	}
}

// A slowLane lets one try at a time of an address be looked at.
type slowLane struct {
	turn  chan struct{}
	users int // guarded by Desk.mu
}

func (d *Desk) signOut(q *request) error {
	if err := d.Accounts.End(q.Context(), d.cookie(q.Request)); err != nil {
		return err
	}
	d.setCookie(q.w, "")
	http.Redirect(q.w, q.Request, "/sign-in", http.StatusSeeOther)
	return nil
}
