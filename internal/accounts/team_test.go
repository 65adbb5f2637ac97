package accounts

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestInvitations(t *testing.T) {
	b, path, now := openBook(t)
	token, err := b.As("admin").Invite(t.Context(), "ben", Reporter)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignIn(t.Context(), "ben", "", ""); !errors.Is(err, ErrPassword) {
		t.Errorf("SignIn of an invited person = %v, want %v", err, ErrPassword)
	}
	if name, err := b.Invitation(t.Context(), token); err != nil || name != "ben" {
		t.Errorf("Invitation = %q, %v, want ben", name, err)
	}
	for _, wrong := range []string{"", "x", token[1:], tokenHash(token)} {
		if _, err := b.Invitation(t.Context(), wrong); !errors.Is(err, ErrInvite) {
			t.Errorf("Invitation(%q) = %v, want %v", wrong, err, ErrInvite)
		}
	}
	for _, file := range []string{path, path + "-wal"} {
		if content, err := os.ReadFile(file); err == nil && bytes.Contains(content, []byte(token)) {
			t.Errorf("%s holds the secret of the link", filepath.Base(file))
		}
	}
	if _, err := b.Accept(t.Context(), token, "short"); !errors.Is(err, ErrWeak) {
		t.Errorf("Accept with a short password = %v, want %v", err, ErrWeak)
	}
	if name, err := b.Accept(t.Context(), token, password); err != nil || name != "ben" {
		t.Fatalf("Accept = %q, %v", name, err)
	}
	if _, err := b.Accept(t.Context(), token, "another password"); !errors.Is(err, ErrInvite) {
		t.Errorf("Accept twice = %v, want %v", err, ErrInvite)
	}
	if _, err := b.SignIn(t.Context(), "ben", password, ""); err != nil {
		t.Errorf("SignIn after Accept = %v", err)
	}
	late, err := b.Invite(t.Context(), "cem", Reader)
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(InviteLifetime + time.Second)
	if _, err := b.Accept(t.Context(), late, password); !errors.Is(err, ErrInvite) {
		t.Errorf("Accept after its time = %v, want %v", err, ErrInvite)
	}
	if _, err := b.Invite(t.Context(), "ben", Reader); !errors.Is(err, ErrExists) {
		t.Errorf("Invite of who is there = %v, want %v", err, ErrExists)
	}
}

func TestResettingEndsAllThatThePasswordLetIn(t *testing.T) {
	b, _, _ := openBook(t)
	if err := b.Add(t.Context(), "ben", password, Reporter); err != nil {
		t.Fatal(err)
	}
	session, err := b.SignIn(t.Context(), "ben", password, "")
	if err != nil {
		t.Fatal(err)
	}
	first, err := b.ResetPassword(t.Context(), "ben")
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.ResetPassword(t.Context(), "ben")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Session(t.Context(), session); !errors.Is(err, ErrNoSession) {
		t.Errorf("Session after the reset = %v, want %v", err, ErrNoSession)
	}
	if _, err := b.SignIn(t.Context(), "ben", password, ""); !errors.Is(err, ErrPassword) {
		t.Errorf("SignIn after the reset = %v, want %v", err, ErrPassword)
	}
	if _, err := b.Invitation(t.Context(), first); !errors.Is(err, ErrInvite) {
		t.Errorf("the link of the first reset = %v, want %v", err, ErrInvite)
	}
	if _, err := b.Accept(t.Context(), second, "another password"); err != nil {
		t.Errorf("Accept = %v", err)
	}
	if _, err := b.ResetPassword(t.Context(), "ghost"); !errors.Is(err, ErrUnknown) {
		t.Errorf("ResetPassword of nobody = %v, want %v", err, ErrUnknown)
	}
}

func TestSuspending(t *testing.T) {
	b, _, _ := openBook(t)
	for name, role := range map[string]Role{"ann": Admin, "ben": Reporter} {
		if err := b.Add(t.Context(), name, password, role); err != nil {
			t.Fatal(err)
		}
	}
	session, err := b.SignIn(t.Context(), "ben", password, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Suspend(t.Context(), "ben", true); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Session(t.Context(), session); !errors.Is(err, ErrNoSession) {
		t.Errorf("Session of a suspended person = %v, want %v", err, ErrNoSession)
	}
	if _, err := b.SignIn(t.Context(), "ben", password, ""); !errors.Is(err, ErrPassword) {
		t.Errorf("SignIn of a suspended person = %v, want %v", err, ErrPassword)
	}
	if err := b.Suspend(t.Context(), "ben", false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignIn(t.Context(), "ben", password, ""); err != nil {
		t.Errorf("SignIn after being let in again = %v", err)
	}
	for name, change := range map[string]func() error{
		"suspending":       func() error { return b.Suspend(t.Context(), "ann", true) },
		"another role for": func() error { return b.SetRole(t.Context(), "ann", "", Editor) },
	} {
		if err := change(); !errors.Is(err, ErrLastAdmin) {
			t.Errorf("%s the last administrator = %v, want %v", name, err, ErrLastAdmin)
		}
	}
	if p, err := b.Person(t.Context(), "ann"); err != nil || p.Role != Admin || p.Suspended {
		t.Errorf("the last administrator after that = %+v, %v", p, err)
	}
}

// Every change has an actor and stays.
func TestHistoryNamesTheActor(t *testing.T) {
	b, _, _ := openBook(t)
	admin := b.As("ann")
	token, err := admin.Invite(t.Context(), "ben", Reader)
	if err != nil {
		t.Fatal(err)
	}
	steps := []func() error{
		func() error { _, err := b.Accept(t.Context(), token, password); return err },
		func() error { return admin.SetRole(t.Context(), "ben", "", Reporter) },
		func() error { return admin.SetRole(t.Context(), "ben", "own", Editor) },
		func() error { return b.ChangePassword(t.Context(), "ben", password, "another password") },
		func() error { return b.Ask(t.Context(), "ben", "the bridge") },
		func() error { return admin.Suspend(t.Context(), "ben", true) },
		func() error { return admin.Suspend(t.Context(), "ben", false) },
		func() error { _, err := admin.EndSessions(t.Context(), "ben"); return err },
		func() error { _, err := admin.ResetPassword(t.Context(), "ben"); return err },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	want := []Change{{Actor: "ann", What: Reset}, {Actor: "ann", What: SignedOut}, {Actor: "ann", What: LetIn}, {Actor: "ann", What: Suspended},
		{Actor: "ben", What: Asked, New: "the bridge"}, {Actor: "ben", What: NewPassword}, {Actor: "ann", What: NewRole, Case: "own", Old: "none", New: "editor"},
		{Actor: "ann", What: NewRole, Old: "reader", New: "reporter"}, {Actor: "ben", What: NewPassword}, {Actor: "ann", What: Invited, New: "reader"}}
	got, err := b.History(t.Context(), "", 100)
	if err != nil || len(got) != len(want) {
		t.Fatalf("History = %d changes, %v, want %d", len(got), err, len(want))
	}
	for i := range want {
		want[i].Name, want[i].At = "ben", "2026-11-22T12:00:00Z"
		if got[i] != want[i] {
			t.Errorf("change %d = %+v, want %+v", i, got[i], want[i])
		}
	}
	if list, err := b.History(t.Context(), "own", 100); err != nil || len(list) != 1 {
		t.Errorf("History of a case = %v, %v, want the one role", list, err)
	}
}

func TestRequests(t *testing.T) {
	b, _, _ := openBook(t)
	if err := b.Add(t.Context(), "ben", password, Reporter); err != nil {
		t.Fatal(err)
	}
	if err := b.Ask(t.Context(), "ben", ""); !errors.Is(err, ErrRequest) {
		t.Errorf("Ask for nothing = %v, want %v", err, ErrRequest)
	}
	for _, words := range []string{"the bridge", "the corridor"} {
		if err := b.Ask(t.Context(), "ben", words); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := b.Requests(t.Context()); err != nil || len(list) != 1 || list[0].Words != "the corridor" {
		t.Errorf("Requests = %v, %v, want the later one", list, err)
	}
	if err := b.SetRole(t.Context(), "ben", "corridor", Reader); err != nil {
		t.Fatal(err)
	}
	if list, err := b.Requests(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Requests after a role was given = %v, %v, want none", list, err)
	}
}
