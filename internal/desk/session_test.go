package desk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"beleg/internal/accounts"
)

var formKind = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}

// Whoever tries wrong links is slowed down; the right link lets in all the same, from the same address.
func TestWrongLinksLockNobodyOut(t *testing.T) {
	o := anOffice(t, nil)
	limited := 0
	for range 40 {
		if got := o.stranger().do("GET", "/enter?token=guess", "", nil); got.status == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("40 wrong links were not slowed down")
	}
	if got := o.stranger().do("GET", "/enter?token=let-me-in", "", nil); got.status != http.StatusSeeOther {
		t.Errorf("the right link after 40 wrong ones = %d, want %d", got.status, http.StatusSeeOther)
	}
}

// Wrong passwords, for one name or for many, keep nobody out who knows the right one.
func TestWrongPasswordsLockNobodyOut(t *testing.T) {
	o, _ := aTeam(t)
	p := o.stranger()
	slow := 0
	for i := range 12 {
		if got := p.do("POST", "/sign-in", "name=editor&password=guess", formKind); got.status == http.StatusTooManyRequests {
			slow++
			if i < int(signInBurst) {
				t.Errorf("guess %d is slowed down, want the first %d answered at once", i+1, signInBurst)
			}
		}
	}
	if slow == 0 {
		t.Error("12 wrong passwords were not slowed down")
	}
	began := time.Now()
	if got := p.do("POST", "/sign-in", "name=editor&password=guess", formKind); got.status != http.StatusTooManyRequests || time.Since(began) < wrongPause {
		t.Errorf("a further guess = %d after %v, want %d after %v", got.status, time.Since(began), http.StatusTooManyRequests, wrongPause)
	}
	if got := p.do("POST", "/sign-in", "name=editor&password=a+long+password", formKind); got.status != http.StatusSeeOther {
		t.Errorf("the right password after many wrong ones = %d, want %d", got.status, http.StatusSeeOther)
	}
	if n := len(o.desk.lanes); n != 0 {
		t.Errorf("%d lanes are kept after all is over", n)
	}
}

// Names and passwords that no account can have are neither kept nor hashed.
func TestSignInNamesAreBounded(t *testing.T) {
	o, _ := aTeam(t)
	before := len(o.desk.limits)
	for _, body := range []string{"name=" + strings.Repeat("x", 100_000) + "&password=x", "name=editor&password=" + strings.Repeat("x", 100_000)} {
		if got := o.stranger().do("POST", "/sign-in", body, formKind); got.status != http.StatusForbidden || strings.Contains(got.body, "xxxxxxxxxx") {
			t.Errorf("= %d with %d bytes, want %d without what was sent", got.status, len(got.body), http.StatusForbidden)
		}
	}
	for i := range 50 {
		o.stranger().do("POST", "/sign-in", "name=nobody"+strings.Repeat("x", i)+"&password=x", formKind)
		if i == 6 {
			break // the rest would be slow; names are no keys of limits
		}
	}
	if n := len(o.desk.limits) - before; n > 2 {
		t.Errorf("%d limits were made, want those of the address", n)
	}
}

func TestLimitsAreBounded(t *testing.T) {
	o := anOffice(t, nil)
	for i := range maxLimits + 10 {
		o.desk.limitOf(strings.Repeat("k", i%7)+string(rune(0x4e00+i)), signInRate, signInBurst)
	}
	if n := len(o.desk.limits); n > maxLimits {
		t.Errorf("%d limits are kept, want at most %d", n, maxLimits)
	}
}

func TestAddress(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.7:80": "192.0.2.7", "[::ffff:192.0.2.7]:80": "192.0.2.7", "[2001:db8::1]:80": "2001:db8::/64", "[2001:db8::2]:81": "2001:db8::/64", "pipe": "pipe",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		if got := address(r); got != want {
			t.Errorf("address(%s) = %s, want %s", from, got, want)
		}
	}
}

// A desk that was used by one person with a printed link asks everybody to sign in once it is a team's.
func TestTeamEndsSessionsOfTheLink(t *testing.T) {
	o := anOffice(t, nil)
	o.anna()
	if err := o.people.SetPassword(t.Context(), "anna", "a long password"); err != nil {
		t.Fatal(err)
	}
	anna := o.anna() // by the link, though there is a password now
	if err := o.people.Add(t.Context(), "ben", "a long password", accounts.Reader); err != nil {
		t.Fatal(err)
	}
	ben := o.member("ben")
	if n, err := o.people.EndLinkSessions(t.Context()); err != nil || n != 1 {
		t.Errorf("EndLinkSessions = %d, %v, want 1", n, err)
	}
	if got := anna.do("GET", "/api/items", "", nil); got.status != http.StatusUnauthorized {
		t.Errorf("anna by the link = %d, want %d", got.status, http.StatusUnauthorized)
	}
	if got := ben.do("GET", "/api/items", "", nil); got.status != http.StatusOK {
		t.Errorf("ben by a password = %d, want %d", got.status, http.StatusOK)
	}
}

// Two desks on one host do not take each other's cookies, nor end each other's sessions.
func TestTwoDesksOnOneHost(t *testing.T) {
	a, b := anOffice(t, nil), anOffice(t, nil)
	p := a.anna()
	at, err := url.Parse(b.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if cookies := p.client.Jar.Cookies(at); len(cookies) == 0 {
		t.Fatal("the browser sends the other desk no cookie: the test tests nothing")
	}
	q := &person{b, p.client} // the same browser
	if got := q.do("GET", "/api/items", "", nil); got.status != http.StatusUnauthorized {
		t.Errorf("the other desk = %d, want %d", got.status, http.StatusUnauthorized)
	}
	if got := q.do("GET", "/enter?token=let-me-in", "", nil); got.status != http.StatusSeeOther {
		t.Fatalf("entering the other desk = %d", got.status)
	}
	for name, who := range map[string]*person{"first": p, "second": q} {
		if got := who.do("GET", "/api/items", "", nil); got.status != http.StatusOK {
			t.Errorf("the %s desk after entering both = %d, want %d", name, got.status, http.StatusOK)
		}
	}
}
