package accounts

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What can change about an account.
const (
	Added       = "added"
	Invited     = "invited"      // with a link that sets the first password
	Reset       = "reset"        // the password counts no more; a link sets the next
	NewPassword = "new password" // set by whoever stands as actor
	NewRole     = "role"
	Suspended   = "suspended"
	LetIn       = "let in" // again, after being suspended
	SignedOut   = "signed out everywhere"
	Asked       = "asked for access"
)

// A Change is an entry of the history of accounts.
type Change struct {
	At    string `json:"at"` // RFC 3339, UTC
	Actor string `json:"actor"`
	Name  string `json:"name"` // whose account
	What  string `json:"what"`
	Case  string `json:"case,omitempty"` // of a role in a case
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// change does several things as one.
func (b *Book) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("change accounts: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("change accounts: %w", err)
	}
	return nil
}

// note writes a change into the history.
func (b *Book) note(ctx context.Context, tx *sql.Tx, c Change) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO change (at, actor, name, what, in_case, old, new) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		b.stamp(0), b.by, c.Name, c.What, c.Case, c.Old, c.New)
	if err != nil {
		return fmt.Errorf("note what was changed: %w", err)
	}
	return nil
}

// History lists the latest changes of accounts, the last first: of all, or of the roles in one case.
func (b *Book) History(ctx context.Context, caseID string, most int) ([]Change, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT at, actor, name, what, in_case, old, new FROM change WHERE $1 = '' OR in_case = $1 ORDER BY id DESC LIMIT $2`, caseID, most)
	if err != nil {
		return nil, fmt.Errorf("list changes of accounts: %w", err)
	}
	defer rows.Close()
	list := []Change{}
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.At, &c.Actor, &c.Name, &c.What, &c.Case, &c.Old, &c.New); err != nil {
			return nil, fmt.Errorf("list changes of accounts: %w", err)
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// InviteLifetime is how long the link of an invitation can be used, once.
const InviteLifetime = 7 * 24 * time.Hour

// Invite makes an account without a password, and returns the secret of the link with which its person sets one.
func (b *Book) Invite(ctx context.Context, name string, role Role) (token string, err error) {
	if !validName(name) {
		return "", ErrName
	}
	err = b.change(ctx, func(tx *sql.Tx) error {
		if err := addAccount(ctx, tx, name, "", role, b.stamp(0)); err != nil {
			return err
		}
		if token, err = b.invite(ctx, tx, name); err != nil {
			return err
		}
		return b.note(ctx, tx, Change{Name: name, What: Invited, New: role.String()})
	})
	return token, err
}

// ResetPassword takes the password of an account away, ends its sessions, and returns the secret of a link that sets the next.
// Links of before count no more.
func (b *Book) ResetPassword(ctx context.Context, name string) (token string, err error) {
	err = b.change(ctx, func(tx *sql.Tx) error {
		if err := setHash(ctx, tx, name, ""); err != nil {
			return err
		}
		if token, err = b.invite(ctx, tx, name); err != nil {
			return err
		}
		return b.note(ctx, tx, Change{Name: name, What: Reset})
	})
	return token, err
}

func (b *Book) invite(ctx context.Context, tx *sql.Tx, name string) (string, error) {
	token := rand.Text()
	_, err := tx.ExecContext(ctx, "INSERT INTO invite (token, name, until) VALUES ($1, $2, $3)", tokenHash(token), name, b.stamp(InviteLifetime))
	if err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM invite WHERE until < $1", b.stamp(0))
	}
	if err != nil {
		return "", fmt.Errorf("invite %s: %w", name, err)
	}
	return token, nil
}

// Invitation returns whose account the link with a secret is for.
func (b *Book) Invitation(ctx context.Context, token string) (name string, err error) {
	err = b.db.QueryRowContext(ctx, `SELECT name FROM invite WHERE token = $1 AND until > $2 AND name NOT IN (SELECT name FROM suspended)`,
		tokenHash(token), b.stamp(0)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrInvite
	}
	if err != nil {
		return "", fmt.Errorf("look up invitation: %w", err)
	}
	return name, nil
}

// Accept sets the password of the account that an invitation is for, and uses it up.
func (b *Book) Accept(ctx context.Context, token, password string) (name string, err error) {
	if err := goodPassword(password); err != nil {
		return "", err
	}
	if name, err = b.Invitation(ctx, token); err != nil {
		return "", err
	}
	hash := hashPassword(password)
	err = b.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM invite WHERE token = $1", tokenHash(token))
		if err != nil {
			return fmt.Errorf("use invitation: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 { // somebody else was quicker
			return errors.Join(ErrInvite, err)
		}
		if err := setHash(ctx, tx, name, hash); err != nil {
			return err
		}
		return b.As(name).note(ctx, tx, Change{Name: name, What: NewPassword})
	})
	return name, err
}

// ChangePassword replaces a password by whoever knows it. All sessions of the account end.
func (b *Book) ChangePassword(ctx context.Context, name, old, password string) error {
	token, err := b.SignIn(ctx, name, old, "")
	if err != nil {
		return err
	}
	if err := b.End(ctx, token); err != nil {
		return err
	}
	return b.As(name).SetPassword(ctx, name, password)
}

// Suspend shuts an account out, or lets it in again. What it did stays under its name.
func (b *Book) Suspend(ctx context.Context, name string, out bool) error {
	p, err := b.Person(ctx, name)
	if err != nil {
		return err
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		what := LetIn
		steps := []string{"DELETE FROM suspended WHERE name = $1"}
		if out {
			what = Suspended
			steps = []string{"DELETE FROM session WHERE name = $1", "DELETE FROM invite WHERE name = $1"}
			if _, err := tx.ExecContext(ctx, "INSERT INTO suspended (name, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, b.stamp(0)); err != nil {
				return fmt.Errorf("suspend %s: %w", name, err)
			}
		}
		for _, text := range steps {
			if _, err := tx.ExecContext(ctx, text, name); err != nil {
				return fmt.Errorf("suspend %s: %w", name, err)
			}
		}
		if out && p.Role == Admin {
			if err := someAdmin(ctx, tx); err != nil {
				return err
			}
		}
		return b.note(ctx, tx, Change{Name: name, What: what})
	})
}

// someAdmin refuses a change after which nobody could keep the accounts any more.
func someAdmin(ctx context.Context, tx *sql.Tx) error {
	n := 0
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM account WHERE role = $1 AND name NOT IN (SELECT name FROM suspended)", Admin.String()).Scan(&n)
	if err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if n == 0 {
		return ErrLastAdmin
	}
	return nil
}

// Sessions counts the sessions of each account.
func (b *Book) Sessions(ctx context.Context) (map[string]int, error) {
	rows, err := b.db.QueryContext(ctx, "SELECT name, count(*) FROM session WHERE until > $1 GROUP BY name", b.stamp(0))
	if err != nil {
		return nil, fmt.Errorf("count sessions: %w", err)
	}
	defer rows.Close()
	n := map[string]int{}
	for rows.Next() {
		var name string
		var count int
		if err := rows.Scan(&name, &count); err != nil {
			return nil, fmt.Errorf("count sessions: %w", err)
		}
		n[name] = count
	}
	return n, rows.Err()
}

// A Request is what a person asked for.
type Request struct{ Name, At, Words string }

// Ask keeps what a person asks of the administrators; a later request replaces an earlier one. It is gone once the person's
// roles were changed, or when it was turned down with [Book.TurnDown].
func (b *Book) Ask(ctx context.Context, name, words string) error {
	if words == "" || len(words) > MaxRequest {
		return ErrRequest
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO request (name, at, words) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET at = $2, words = $3`, name, b.stamp(0), words)
		if err != nil {
			return fmt.Errorf("ask for access: %w", err)
		}
		return b.As(name).note(ctx, tx, Change{Name: name, What: Asked, New: words})
	})
}

// TurnDown drops what a person asked for.
func (b *Book) TurnDown(ctx context.Context, name string) error {
	if _, err := b.db.ExecContext(ctx, "DELETE FROM request WHERE name = $1", name); err != nil {
		return fmt.Errorf("turn down a request: %w", err)
	}
	return nil
}

// Requests lists what was asked for, the oldest first.
func (b *Book) Requests(ctx context.Context) ([]Request, error) {
	rows, err := b.db.QueryContext(ctx, "SELECT name, at, words FROM request ORDER BY at, name")
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	defer rows.Close()
	list := []Request{}
	for rows.Next() {
		var r Request
		if err := rows.Scan(&r.Name, &r.At, &r.Words); err != nil {
			return nil, fmt.Errorf("list requests: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}
