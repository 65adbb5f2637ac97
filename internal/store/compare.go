package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"beleg/custody"
)

// A Difference is a row that one catalogue has and another lacks.
type Difference struct {
	Table string
	Item  string // id of the item it belongs to, "" when the table has none
	Row   string // the row as text
	Extra bool   // the row is in this catalogue but should not be; else it is missing
}

// Check projects the records again and returns the rows in which c differs from that. It works beside a
// writer: only records that c had projected when Check began count.
func (c *Catalogue) Check(ctx context.Context, records Records, data fs.FS) (diff []Difference, err error) {
	snapshot, err := c.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("check catalogue: %w", err)
	}
	defer func() { err = errors.Join(err, snapshot.Rollback()) }()
	var next uint64
	if err := snapshot.QueryRowContext(ctx, "SELECT next FROM progress").Scan(&next); err != nil {
		return nil, fmt.Errorf("check catalogue: %w", classify(err))
	}
	dir, err := os.MkdirTemp("", "beleg-check-")
	if err != nil {
		return nil, fmt.Errorf("check catalogue: %w", err)
	}
	defer os.RemoveAll(dir)
	want, err := Open(ctx, filepath.Join(dir, "beleg.db"))
	if err != nil {
		return nil, fmt.Errorf("check catalogue: %w", err)
	}
	defer want.Close()
	if err := want.Project(ctx, upTo(records, next), data); err != nil {
		return nil, err
	}
	for _, table := range append([]string{"progress"}, tables...) {
		got, err := rows(ctx, snapshot, table)
		if err != nil {
			return nil, fmt.Errorf("read catalogue table %s: %w", table, classify(err))
		}
		should, err := rows(ctx, want.read, table)
		if err != nil {
			return nil, fmt.Errorf("project table %s: %w", table, err)
		}
		diff = append(diff, compareRows(table, got, should)...)
	}
	for _, index := range indexes {
		got, err := termRows(ctx, snapshot, index.terms)
		if err != nil {
			return nil, fmt.Errorf("read catalogue index %s: %w", index.name, classify(err))
		}
		should, err := termRows(ctx, want.read, index.terms)
		if err != nil {
			return nil, fmt.Errorf("project index %s: %w", index.name, err)
		}
		diff = append(diff, compareRows(index.name, got, should)...)
	}
	return diff, nil
}

// termRows returns a row for each term of an index: the term, and a hash over all places where it stands.
func termRows(ctx context.Context, db querier, terms string) (list []row, err error) {
	places, err := db.QueryContext(ctx, "SELECT term, doc, col, offset FROM "+terms+" ORDER BY term, doc, col, offset")
	if err != nil {
		return nil, err
	}
	defer places.Close()
	sum, last := sha256.New(), ""
	end := func() {
		if last != "" {
			list = append(list, row{text: fmt.Sprintf("term=%s places=%x", last, sum.Sum(nil)[:8])})
		}
		sum.Reset()
	}
	for places.Next() {
		var term string
		var doc, offset int64
		var col sql.NullString
		if err := places.Scan(&term, &doc, &col, &offset); err != nil {
			return nil, err
		}
		if term != last {
			end()
			last = term
		}
		fmt.Fprintln(sum, doc, col.String, offset)
	}
	end()
	slices.SortFunc(list, func(a, b row) int { return strings.Compare(a.text, b.text) })
	return list, places.Err()
}

// upTo leaves out records from index end on.
func upTo(records Records, end uint64) Records {
	return func(ctx context.Context, from uint64) iter.Seq2[custody.Record, error] {
		return func(yield func(custody.Record, error) bool) {
			if from >= end {
				return
			}
			for r, err := range records(ctx, from) {
				if r.Index >= end || !yield(r, err) {
					return
				}
			}
		}
	}
}

// A row is all columns of a row as text, with the item it belongs to.
type row struct{ item, text string }

func rows(ctx context.Context, db querier, table string) ([]row, error) {
	list, err := query(ctx, db, scanRow, "SELECT * FROM "+table)
	slices.SortFunc(list, func(a, b row) int { return strings.Compare(a.text, b.text) })
	return list, err
}

func scanRow(r *sql.Rows) (row, error) {
	names, err := r.Columns()
	if err != nil {
		return row{}, err
	}
	values, targets := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := r.Scan(targets...); err != nil {
		return row{}, err
	}
	var out row
	var text strings.Builder
	for i, name := range names {
		fmt.Fprintf(&text, "%s=%v ", name, values[i])
		if name == "item" || (name == "id" && slices.Contains(names, "taken")) {
			out.item = fmt.Sprint(values[i])
		}
	}
	out.text = strings.TrimSpace(text.String())
	return out, nil
}

// compareRows merges two sorted lists.
func compareRows(table string, got, want []row) (diff []Difference) {
	for len(got) > 0 || len(want) > 0 {
		switch {
		case len(want) == 0 || (len(got) > 0 && got[0].text < want[0].text):
			diff = append(diff, Difference{table, got[0].item, got[0].text, true})
			got = got[1:]
		case len(got) == 0 || want[0].text < got[0].text:
			diff = append(diff, Difference{table, want[0].item, want[0].text, false})
			want = want[1:]
		default:
			got, want = got[1:], want[1:]
		}
	}
	return diff
}
