package accounts

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const password = "a long password"

func openBook(t *testing.T) (*Book, string, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "accounts.db")
	b, err := Open(t.Context(), path, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b, path, &now
}

func TestAddRefuses(t *testing.T) {
	b, _, _ := openBook(t)
	for _, tt := range []struct {
		name, password string
		want           error
	}{
		{"anna", password, nil}, {"anna", password, ErrExists}, {"ben", "short", ErrWeak}, {"", password, ErrName},
		{"a b", password, ErrName}, {"<b>", password, ErrName}, {strings.Repeat("x", 65), password, ErrName}, {"Jürgen.K", password, nil},
	} {
		if err := b.Add(t.Context(), tt.name, tt.password, Reader); !errors.Is(err, tt.want) {
			t.Errorf("Add(%q, %q) = %v, want %v", tt.name, tt.password, err, tt.want)
		}
	}
}

func TestRoles(t *testing.T) {
	b, _, _ := openBook(t)
	for name, role := range map[string]Role{"reader": Reader, "admin": Admin, "nobody": None} {
		if err := b.Add(t.Context(), name, password, role); err != nil {
			t.Fatal(err)
		}
		if err := b.SetRole(t.Context(), name, "own", Editor); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, in string
		want     Role
	}{{"reader", "", Reader}, {"reader", "own", Editor}, {"reader", "other", None}, {"admin", "other", Admin}, {"nobody", "own", None}} {
		p, err := b.Person(t.Context(), tt.name)
		if got := p.In(tt.in); err != nil || got != tt.want {
			t.Errorf("%s in %q = %v, %v, want %v", tt.name, tt.in, got, err, tt.want)
		}
	}
	if err := b.SetRole(t.Context(), "ghost", "", Reader); !errors.Is(err, ErrUnknown) {
		t.Errorf("SetRole of nobody = %v, want %v", err, ErrUnknown)
	}
}

func TestSessions(t *testing.T) {
	b, path, now := openBook(t)
	if err := b.Add(t.Context(), "anna", password, Reporter); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][2]string{{"anna", "a wrong password"}, {"anna", ""}, {"ghost", password}} {
		if _, err := b.SignIn(t.Context(), wrong[0], wrong[1], "test"); !errors.Is(err, ErrPassword) {
			t.Errorf("SignIn(%q, %q) = %v, want %v", wrong[0], wrong[1], err, ErrPassword)
		}
	}
	token, err := b.SignIn(t.Context(), "anna", password, "test")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := b.Session(t.Context(), token); err != nil || p.Name != "anna" {
		t.Errorf("Session = %v, %v, want anna", p, err)
	}
	for _, wrong := range []string{"", "x", token[1:], tokenHash(token)} {
		if _, err := b.Session(t.Context(), wrong); !errors.Is(err, ErrNoSession) {
			t.Errorf("Session(%q) = %v, want %v", wrong, err, ErrNoSession)
		}
	}
	for _, file := range []string{path, path + "-wal"} { // who reads the file can neither sign in nor take over
		content, err := os.ReadFile(file)
		if err == nil && (bytes.Contains(content, []byte(token)) || bytes.Contains(content, []byte(password))) {
			t.Errorf("%s holds the token or the password", filepath.Base(file))
		}
	}
	*now = now.Add(Lifetime + time.Second)
	if _, err := b.Session(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("Session after its time = %v, want %v", err, ErrNoSession)
	}
	if token, err = b.SignIn(t.Context(), "anna", password, "test"); err != nil {
		t.Fatal(err)
	}
	if err := b.SetPassword(t.Context(), "anna", "another password"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Session(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("Session after a new password = %v, want %v", err, ErrNoSession)
	}
}

func TestLocalPersonHasNoPassword(t *testing.T) {
	b, _, _ := openBook(t)
	if err := b.Local(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignIn(t.Context(), "anna", "", ""); !errors.Is(err, ErrPassword) {
		t.Errorf("SignIn with an empty password = %v, want %v", err, ErrPassword)
	}
	if p, err := b.Person(t.Context(), "anna"); err != nil || p.Role != Admin {
		t.Errorf("Person = %v, %v, want an administrator", p, err)
	}
}

func TestExposureIsCountedByDay(t *testing.T) {
	b, _, now := openBook(t)
	for want := 1; want <= 3; want++ {
		if n, err := b.Expose(t.Context(), "anna"); err != nil || n != want {
			t.Errorf("Expose = %d, %v, want %d", n, err, want)
		}
	}
	*now = now.Add(24 * time.Hour)
	if n, err := b.Exposed(t.Context(), "anna"); err != nil || n != 0 {
		t.Errorf("Exposed the next day = %d, %v, want 0", n, err)
	}
}

func TestBrokenHashesFitNoPassword(t *testing.T) {
	good := hashPassword(password)
	if !samePassword(good, password) {
		t.Errorf("%s does not fit its password", good)
	}
	for _, bad := range []string{"", "x", good[:len(good)-1] + "!", strings.Replace(good, "m=19456", "m=99999999", 1), strings.Replace(good, "v=19", "v=16", 1), good[:40]} {
		if samePassword(bad, password) {
			t.Errorf("%q fits a password", bad)
		}
	}
}
