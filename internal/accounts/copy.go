package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// Copy writes the accounts of a file into another, as they are at one moment, also while a desk uses them. A file that is
// there is replaced.
func Copy(ctx context.Context, from, to string) (err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: from}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("copy accounts: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tmp := to + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return fmt.Errorf("copy accounts: %w", err)
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", tmp); err != nil {
		return fmt.Errorf("copy accounts: %w", err)
	}
	if err := os.Chmod(tmp, 0o600); err != nil {
		return fmt.Errorf("copy accounts: %w", err)
	}
	for _, side := range []string{"-wal", "-shm"} { // of a copy that somebody opened: they belong to what it was
		if err := os.RemoveAll(to + side); err != nil {
			return fmt.Errorf("copy accounts: %w", err)
		}
	}
	if err := os.Rename(tmp, to); err != nil {
		return fmt.Errorf("copy accounts: %w", err)
	}
	return nil
}
