package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"beleg/custody"
)

// Damage is a record that could not be read: the catalogue lacks what it said.
type Damage struct {
	Index  uint64 `json:"index"` // in the log
	Detail string `json:"detail"`
}

// Damage lists the records that the catalogue had to leave out, by index.
func (c *Catalogue) Damage(ctx context.Context) ([]Damage, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (d Damage, err error) {
		return d, r.Scan(&d.Index, &d.Detail)
	}, "SELECT idx, detail FROM damage ORDER BY idx")
	if err != nil {
		return nil, fmt.Errorf("list damaged records: %w", classify(err))
	}
	return list, nil
}

// damaged reports whether a record cannot be read because of what is on disk, so that reading on makes sense.
func damaged(err error) bool {
	for _, cause := range []error{custody.ErrDigest, custody.ErrDamaged, custody.ErrRecord, fs.ErrNotExist} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// heal empties the catalogue when records that it left out can be read again.
func (c *Catalogue) heal(ctx context.Context, records Records) error {
	list, err := c.Damage(ctx)
	if err != nil {
		return err
	}
	for _, d := range list {
		for _, err := range records(ctx, d.Index) {
			if err == nil {
				return c.forget(ctx)
			}
			break
		}
	}
	return nil
}
