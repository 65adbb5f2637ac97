package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	_ "modernc.org/sqlite" // the driver
)

// Err is wrapped by all errors that a caller can act on.
var Err = errors.New("accounts")

// Errors that a caller can act on.
var (
	ErrPassword  = fmt.Errorf("%w: name and password do not fit", Err)
	ErrNoSession = fmt.Errorf("%w: not signed in, or the session has ended", Err)
	ErrUnknown   = fmt.Errorf("%w: no such account", Err)
	ErrExists    = fmt.Errorf("%w: there is such an account already", Err)
	ErrName      = fmt.Errorf("%w: a name has 1 to 64 letters, digits, dots, hyphens or underscores", Err)
	ErrWeak      = fmt.Errorf("%w: a password needs at least 12 characters", Err)
	ErrLong      = fmt.Errorf("%w: a password has at most 1000 bytes", Err)
	ErrInvite    = fmt.Errorf("%w: the link was used already, has run out, or is none", Err)
	ErrLastAdmin = fmt.Errorf("%w: somebody must be left who may keep the accounts", Err)
	ErrRequest   = fmt.Errorf("%w: a request has 1 to 500 bytes", Err)
)

// A Book is a file of accounts. It is safe for concurrent use, also by several processes.
type Book struct {
	db  *sql.DB
	now func() time.Time
	try chan struct{} // bounds how many passwords are hashed at once: each takes 19 MiB
	by  string        // who changes something
}

// Limits of what is typed, in bytes.
const (
	MaxName     = 64
	MaxPassword = 1000
	MaxRequest  = 500
)

// program is who changes something when nobody is named: the program itself.
const program = "beleg"

// As returns the same book, in whose history what is changed stands as done by a person.
func (b *Book) As(name string) *Book {
	c := *b
	c.by = name
	return &c
}

const schema = `
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, made TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grants (name TEXT NOT NULL, in_case TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (name, in_case));
CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, name TEXT NOT NULL, began TEXT NOT NULL, until TEXT NOT NULL, agent TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS session_name ON session (name);
CREATE TABLE IF NOT EXISTS suspended (name TEXT PRIMARY KEY, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invite (token TEXT PRIMARY KEY, name TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS by_link (token TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS request (name TEXT PRIMARY KEY, at TEXT NOT NULL, words TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS change (id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL,
	what TEXT NOT NULL, in_case TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exposure (name TEXT NOT NULL, day TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (name, day));`

// Open opens the file at path and makes it when it is missing. now is the clock.
func Open(ctx context.Context, path string, now func() time.Time) (*Book, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open accounts: %w", err)
	}
	db.SetMaxOpenConns(4)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open accounts %s: %w", path, err), db.Close())
	}
	return &Book{db: db, now: now, try: make(chan struct{}, 2), by: program}, nil
}

// Close closes the file.
func (b *Book) Close() error { return b.db.Close() }

// Add makes an account.
func (b *Book) Add(ctx context.Context, name, password string, role Role) error {
	if !validName(name) {
		return ErrName
	}
	if err := goodPassword(password); err != nil {
		return err
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		if err := addAccount(ctx, tx, name, hashPassword(password), role, b.stamp(0)); err != nil {
			return err
		}
		return b.note(ctx, tx, Change{Name: name, What: Added, New: role.String()})
	})
}

func addAccount(ctx context.Context, tx *sql.Tx, name, hash string, role Role, at string) error {
	done, err := tx.ExecContext(ctx, "INSERT INTO account (name, hash, role, made) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", name, hash, role.String(), at)
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	return oneRow(done, ErrExists, name)
}

func goodPassword(password string) error {
	switch {
	case len([]rune(password)) < 12:
		return ErrWeak
	case len(password) > MaxPassword:
		return ErrLong
	}
	return nil
}

func validName(s string) bool {
	return s != "" && len(s) <= MaxName && strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
	}) < 0
}

func oneRow(done sql.Result, none error, name string) error {
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("%w: %s", none, name), err)
	}
	return nil
}

// Local makes sure that there is an account without a password: of the person at this machine.
func (b *Book) Local(ctx context.Context, name string) error {
	_, err := b.db.ExecContext(ctx, `INSERT INTO account (name, hash, role, made) VALUES ($1, '', $2, $3)
		ON CONFLICT (name) DO NOTHING`, name, Admin.String(), b.stamp(0))
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	return nil
}

// SetPassword replaces the password of an account and ends its sessions and invitations.
func (b *Book) SetPassword(ctx context.Context, name, password string) error {
	if err := goodPassword(password); err != nil {
		return err
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		if err := setHash(ctx, tx, name, hashPassword(password)); err != nil {
			return err
		}
		return b.note(ctx, tx, Change{Name: name, What: NewPassword})
	})
}

// setHash replaces the hash of a password and ends all that the old one let in.
func setHash(ctx context.Context, tx *sql.Tx, name, hash string) error {
	done, err := tx.ExecContext(ctx, "UPDATE account SET hash = $1 WHERE name = $2", hash, name)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := oneRow(done, ErrUnknown, name); err != nil {
		return err
	}
	for _, text := range []string{"DELETE FROM session WHERE name = $1", "DELETE FROM invite WHERE name = $1"} {
		if _, err := tx.ExecContext(ctx, text, name); err != nil {
			return fmt.Errorf("set password: %w", err)
		}
	}
	return nil
}

// SetRole gives a role on the desk, or in a case when caseID is not "". It counts from the next request on. The last administrator
// who can sign in keeps that role.
func (b *Book) SetRole(ctx context.Context, name, caseID string, role Role) error {
	p, err := b.Person(ctx, name)
	if err != nil {
		return err
	}
	old := p.Role
	text, args := "UPDATE account SET role = $1 WHERE name = $2", []any{role.String(), name}
	if caseID != "" {
		old = p.Cases[caseID]
		text, args = `INSERT INTO grants (role, name, in_case) VALUES ($1, $2, $3)
			ON CONFLICT (name, in_case) DO UPDATE SET role = $1`, append(args, caseID)
		if role == None {
			text, args = "DELETE FROM grants WHERE name = $1 AND in_case = $2", []any{name, caseID}
		}
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return fmt.Errorf("set role of %s: %w", name, err)
		}
		if caseID == "" && old == Admin && role != Admin {
			if err := someAdmin(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM request WHERE name = $1", name); err != nil {
			return fmt.Errorf("set role of %s: %w", name, err)
		}
		return b.note(ctx, tx, Change{Name: name, What: NewRole, Case: caseID, Old: old.String(), New: role.String()})
	})
}

// Person returns an account.
func (b *Book) Person(ctx context.Context, name string) (Person, error) {
	p := Person{Name: name, Cases: map[string]Role{}}
	var role string
	err := b.db.QueryRowContext(ctx, `SELECT role, hash = '', EXISTS (SELECT 1 FROM suspended WHERE name = $1) FROM account WHERE name = $1`, name).
		Scan(&role, &p.NoPassword, &p.Suspended)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	if err == nil {
		p.Role, err = ParseRole(role)
	}
	if err != nil {
		return p, fmt.Errorf("account %s: %w", name, err)
	}
	rows, err := b.db.QueryContext(ctx, "SELECT in_case, role FROM grants WHERE name = $1", name)
	if err != nil {
		return p, fmt.Errorf("account %s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var in string
		if err := rows.Scan(&in, &role); err != nil {
			return p, fmt.Errorf("account %s: %w", name, err)
		}
		if p.Cases[in], err = ParseRole(role); err != nil {
			return p, fmt.Errorf("account %s: %w", name, err)
		}
	}
	return p, rows.Err()
}

// People lists the accounts by name.
func (b *Book) People(ctx context.Context) ([]Person, error) {
	names, err := b.names(ctx)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	list := []Person{}
	for _, name := range names {
		p, err := b.Person(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func (b *Book) names(ctx context.Context) (names []string, err error) {
	rows, err := b.db.QueryContext(ctx, "SELECT name FROM account ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Lifetime is how long a session lasts at most.
const Lifetime = 14 * 24 * time.Hour

// SignIn begins a session of whoever knows the password, and returns its token. Neither the answer nor the
// time it takes tells whether there is such an account.
func (b *Book) SignIn(ctx context.Context, name, password, agent string) (token string, err error) {
	select {
	case b.try <- struct{}{}:
		defer func() { <-b.try }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	hash := ""
	err = b.db.QueryRowContext(ctx, "SELECT hash FROM account WHERE name = $1", name).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if !samePassword(hash, password) {
		return "", ErrPassword
	}
	if p, err := b.Person(ctx, name); err != nil || p.Suspended {
		return "", errors.Join(ErrPassword, err)
	}
	return b.Begin(ctx, name, agent)
}

// BeginByLink begins a session of the person who works alone, by the link that was printed. [Book.EndLinkSessions] ends it.
func (b *Book) BeginByLink(ctx context.Context, name, agent string) (token string, err error) {
	if token, err = b.Begin(ctx, name, agent); err != nil {
		return "", err
	}
	if _, err := b.db.ExecContext(ctx, "INSERT INTO by_link (token) VALUES ($1)", tokenHash(token)); err != nil {
		return "", errors.Join(fmt.Errorf("begin session: %w", err), b.End(ctx, token))
	}
	return token, nil
}

// EndLinkSessions ends the sessions of whoever worked alone by a printed link: a desk of a team asks everybody to sign in. It returns
// how many there were. Accounts without a password have no other sessions.
func (b *Book) EndLinkSessions(ctx context.Context) (n int64, err error) {
	err = b.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM session WHERE token IN (SELECT token FROM by_link) OR name IN (SELECT name FROM account WHERE hash = '')`)
		if err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		if n, err = done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM by_link")
		return err
	})
	return n, err
}

// Begin begins a session of name, whose right to it the caller has checked.
func (b *Book) Begin(ctx context.Context, name, agent string) (token string, err error) {
	token = rand.Text()
	if len(agent) > 200 {
		agent = agent[:200]
	}
	_, err = b.db.ExecContext(ctx, "INSERT INTO session (token, name, began, until, agent) VALUES ($1, $2, $3, $4, $5)",
		tokenHash(token), name, b.stamp(0), b.stamp(Lifetime), strings.ToValidUTF8(agent, ""))
	if err == nil {
		_, err = b.db.ExecContext(ctx, "DELETE FROM session WHERE until < $1", b.stamp(0))
	}
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return token, nil
}

// Session returns whose session a token is.
func (b *Book) Session(ctx context.Context, token string) (Person, error) {
	if token == "" {
		return Person{}, ErrNoSession
	}
	var name string
	err := b.db.QueryRowContext(ctx, "SELECT name FROM session WHERE token = $1 AND until > $2", tokenHash(token), b.stamp(0)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, ErrNoSession
	}
	if err != nil {
		return Person{}, fmt.Errorf("look up session: %w", err)
	}
	p, err := b.Person(ctx, name)
	if err == nil && p.Suspended {
		return Person{}, ErrNoSession
	}
	return p, err
}

// End ends one session.
func (b *Book) End(ctx context.Context, token string) error {
	if _, err := b.db.ExecContext(ctx, "DELETE FROM session WHERE token = $1", tokenHash(token)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndSessions ends all sessions of an account and returns how many there were.
func (b *Book) EndSessions(ctx context.Context, name string) (n int64, err error) {
	if _, err := b.Person(ctx, name); err != nil {
		return 0, err
	}
	err = b.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM session WHERE name = $1", name)
		if err != nil {
			return fmt.Errorf("end sessions of %s: %w", name, err)
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
		return b.note(ctx, tx, Change{Name: name, What: SignedOut})
	})
	return n, err
}

// Expose counts that a person asked to see something graphic, and returns how often that was today.
func (b *Book) Expose(ctx context.Context, name string) (n int, err error) {
	day := b.now().UTC().Format(time.DateOnly)
	err = b.db.QueryRowContext(ctx, `INSERT INTO exposure (name, day, n) VALUES ($1, $2, 1)
		ON CONFLICT (name, day) DO UPDATE SET n = n + 1 RETURNING n`, name, day).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count exposure: %w", err)
	}
	return n, nil
}

// Exposed returns how often a person asked to see something graphic today.
func (b *Book) Exposed(ctx context.Context, name string) (n int, err error) {
	err = b.db.QueryRowContext(ctx, "SELECT n FROM exposure WHERE name = $1 AND day = $2", name, b.now().UTC().Format(time.DateOnly)).Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("count exposure: %w", err)
	}
	return n, nil
}

func (b *Book) stamp(later time.Duration) string {
	return b.now().UTC().Add(later).Format("2006-01-02T15:04:05Z")
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
