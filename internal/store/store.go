package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also the driver of that name
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// Errors of [Open].
var (
	ErrNewer      = errors.New("store: catalogue made by a newer version")
	ErrUnwritable = errors.New("store: catalogue cannot be written")
	ErrDamaged    = errors.New("store: catalogue is damaged") // rebuild it: nothing is lost
	ErrDisk       = errors.New("store: no room for the catalogue, or the disk fails")
)

// A Catalogue answers questions about what was taken in. It is safe for concurrent use.
type Catalogue struct {
	write *sql.DB // one connection
	read  *sql.DB
}

// Open opens the catalogue file at path and makes it when it is missing. When the
// file was made by an older version its rows are dropped, to be projected again.
// It returns [ErrNewer] for a file of a newer version, [ErrDamaged] for one that is no
// database any more, [ErrUnwritable] where it may not write, [ErrDisk] where there is no room.
func Open(ctx context.Context, path string) (*Catalogue, error) {
	return open(ctx, dsn(path), path)
}

// OpenMemory opens an empty catalogue that lives as long as it is open.
func OpenMemory(ctx context.Context) (*Catalogue, error) {
	return open(ctx, "file::memory:?"+pragmas, "")
}

func open(ctx context.Context, name, path string) (_ *Catalogue, err error) {
	write, err := sql.Open("sqlite", name+immediate)
	if err != nil {
		return nil, fmt.Errorf("open catalogue %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	c := &Catalogue{write: write, read: write}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if err := c.migrate(ctx); err != nil {
		return nil, fmt.Errorf("open catalogue %s: %w", path, classify(err))
	}
	if path == "" {
		return c, nil
	}
	c.read, err = sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open catalogue %s: %w", path, err)
	}
	c.read.SetMaxOpenConns(8)
	return c, nil
}

// classify names the causes that a caller can do something about.
func classify(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the primary result code
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%w: %w", ErrDisk, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func dsn(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas
}

// pragmas: readers never wait for the writer; a lost last transaction is no loss,
// since the records are projected again.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)"

// immediate makes writers take their lock at the start of a transaction, when they can still wait for it.
const immediate = "&_txlock=immediate"

func (c *Catalogue) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, c.write, folder, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	return c.forget(ctx)
}

// forget drops every row, so that projecting starts at the first record.
func (c *Catalogue) forget(ctx context.Context) error {
	return c.inTx(ctx, func(tx *sql.Tx) error {
		for _, table := range tables {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		for _, index := range indexes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO "+index.name+" ("+index.name+") VALUES ('delete-all')"); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE progress SET next = 0")
		return err
	})
}

// tables are those that hold projected rows.
var tables = []string{"run", "item", "event", "appearance", "derivation", "output", "media", "document", "claim", "claim_figure", "decision", "reuse", "damage", "stem"}

// indexes are those for search, by the table that shows what is in each.
var indexes = []struct{ name, terms string }{{"item_words", "item_terms"}, {"claim_words", "claim_terms"}, {"text_words", "text_terms"}, {"stem_part", "part_terms"}}

func (c *Catalogue) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Close closes the catalogue.
func (c *Catalogue) Close() error {
	if c.read != nil && c.read != c.write {
		return errors.Join(c.read.Close(), c.write.Close())
	}
	return c.write.Close()
}

// Remove deletes the catalogue file at path with its side files. A file that is not there is no error.
func Remove(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove catalogue: %w", err)
		}
	}
	return nil
}
