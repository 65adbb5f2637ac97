package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// ErrReason reports a deletion that does not say who asked for it or why.
var ErrReason = errors.New("custody: a deletion needs who and why")

// deletionBody is the body of a deletion's record.
type deletionBody struct {
	Why string `json:"why"`
}

// Delete removes an original where the law or a person's safety needs it, and logs a tombstone: hash, who,
// when, why. Proofs of earlier records still hold, and Verify knows that the original is absent on purpose. The
// tombstone is durable before the original is removed; a removal that was cut off is finished at the next open.
func (a *Archive) Delete(ctx context.Context, d Digest, who, why string) (Receipt, error) {
	if a.readOnly {
		return Receipt{}, ErrReadOnly
	}
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
		return Receipt{}, fmt.Errorf("delete original %s: %w", d, ErrReason)
	}
	if !a.exists(originalPath(d)) {
		return Receipt{}, fmt.Errorf("delete original %s: %w", d, ErrNoOriginal)
	}
	body, err := json.Marshal(deletionBody{Why: why})
	if err != nil {
		return Receipt{}, fmt.Errorf("delete original %s: %w", d, err)
	}
	if err := a.intend(d); err != nil {
		return Receipt{}, fmt.Errorf("delete original %s: %w", d, err)
	}
	return a.submit(ctx, Record{Kind: KindDeletion, Actor: who, Original: d, Body: body})(ctx)
}

// intend leaves a mark by which the next open finds a deletion that was cut off between tombstone and removal.
func (a *Archive) intend(d Digest) error {
	if err := a.ensureDir(deletionsDir); err != nil {
		return err
	}
	if err := a.writeOnce(path.Join(deletionsDir, d.String()), originalsTemp, nil); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return a.syncDir(deletionsDir)
}

// carryOut removes a deleted original and the mark of the deletion. Both may be gone already.
func (a *Archive) carryOut(d Digest) error {
	for _, name := range []string{originalPath(d), path.Join(deletionsDir, d.String())} {
		if err := a.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the tombstone is logged, but not all is removed; the next open tries again: %w", err)
		}
		if err := a.syncDir(path.Dir(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the tombstone is logged, but its removal may not be durable; the next open tries again: %w", err)
		}
	}
	return nil
}

// finishDeletions removes originals whose tombstone is logged, and marks of deletions that never came to one.
func (a *Archive) finishDeletions(ctx context.Context) error {
	es, err := a.list(deletionsDir)
	if err != nil || len(es) == 0 {
		return err
	}
	deleted := map[Digest]bool{}
	for r, err := range a.Records(ctx, 0) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return nil // a damaged record may be the tombstone: the marks wait until it is restored
		}
		switch r.Kind {
		case KindIntake:
			deleted[r.Original] = false
		case KindDeletion:
			deleted[r.Original] = true
		}
	}
	for _, e := range es {
		d, err := ParseDigest(e.Name())
		if err != nil {
			continue // verify names it
		}
		if deleted[d] {
			err = a.carryOut(d)
		} else {
			err = a.root.Remove(path.Join(deletionsDir, e.Name()))
		}
		if err != nil {
			return fmt.Errorf("finish deletion of %s: %w", d, err)
		}
	}
	return nil
}
