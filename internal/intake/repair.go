package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"beleg/custody"
)

// Repair makes good what [Verify] finds: custody as [custody.Repair] does, then the catalogue, made anew from the records,
// and derived files from the backup, where they hash to what their record says. Lost is what is left.
func Repair(ctx context.Context, dir string, o custody.RepairOptions) (custody.Repaired, error) {
	done, err := custody.Repair(ctx, dir, o)
	if err != nil {
		return done, err
	}
	r, err := Verify(ctx, dir, custody.VerifyOptions{KeyFile: o.KeyFile})
	if err != nil {
		return done, err
	}
	for _, f := range r.Faults {
		if f.Kind == FaultDerived && o.Backup != "" {
			ok, err := restoreDerived(dir, o.Backup, f.Path)
			if err != nil {
				return done, err
			}
			if ok {
				done.Restored = append(done.Restored, f.Path)
			}
		}
	}
	if slices.ContainsFunc(r.Faults, func(f custody.Fault) bool { return f.Kind == FaultCatalogue }) {
		folder, err := Rebuild(ctx, dir, custody.Options{KeyFile: o.KeyFile})
		if err == nil {
			err = folder.Close()
		}
		if err != nil {
			return done, err
		}
		done.Restored = append(done.Restored, catalogueFile)
	}
	if r, err = Verify(ctx, dir, custody.VerifyOptions{KeyFile: o.KeyFile}); err != nil {
		return done, err
	}
	done.Lost = r.Faults
	return done, nil
}

// restoreDerived copies a derived file out of a backup if its bytes hash to what its name says: the first 16 digits
// of their SHA-256 stand before the suffix, and Verify compares the whole.
func restoreDerived(dir, backup, path string) (bool, error) {
	b, err := os.ReadFile(filepath.Join(backup, filepath.FromSlash(path)))
	if err != nil {
		return false, nil // not in the backup
	}
	sum := sha256.Sum256(b)
	if !namedAfter(filepath.Base(path), hex.EncodeToString(sum[:])) {
		return false, nil
	}
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return false, err
	}
	tmp := to + ".repair"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return false, errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, to); err != nil {
		return false, fmt.Errorf("restore %s: %w", path, err)
	}
	return true, nil
}

// namedAfter reports whether the name of a derived file, ID-H.SUFFIX, has the beginning of a hash for H.
func namedAfter(name, sum string) bool {
	const id, head = 64, 16
	return len(name) > id+1+head && name[id] == '-' && name[id+1:id+1+head] == sum[:head]
}
