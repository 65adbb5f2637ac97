package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An arrivedFile is a file as it was when its upload was acknowledged.
type arrivedFile struct {
	Name   string `json:"name"` // path below what was dropped, with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// seal makes what lies in folder durable, and then the note of what was asked, with the size and hash of every file: an upload whose
// note is there had arrived whole. hashes are those that were made while the files arrived; others are made now.
func seal(folder string, a arrival, hashes map[string]string) error {
	data := filepath.Join(folder, incomingData)
	a.Files = []arrivedFile{}
	err := filepath.WalkDir(data, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return errors.Join(err, syncPath(name))
		}
		rel, err := filepath.Rel(data, name)
		if err != nil {
			return err
		}
		f, err := sealFile(name, filepath.ToSlash(rel), hashes)
		a.Files = append(a.Files, f)
		return err
	})
	if err != nil {
		return fmt.Errorf("make an upload durable: %w", err)
	}
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("note what was asked: %w", err)
	}
	return writeNote(folder, b)
}

func sealFile(name, rel string, hashes map[string]string) (arrivedFile, error) {
	if hash, ok := hashes[rel]; ok {
		if err := syncPath(name); err != nil {
			return arrivedFile{}, err
		}
		info, err := os.Stat(name)
		if err != nil {
			return arrivedFile{}, err
		}
		return arrivedFile{rel, info.Size(), hash}, nil
	}
	size, hash, err := hashFile(name)
	return arrivedFile{rel, size, hash}, errors.Join(err, syncPath(name))
}

// writeNote writes the note under another name, syncs it, names it, and syncs the folders up to the data folder.
func writeNote(folder string, b []byte) error {
	part := filepath.Join(folder, incomingNote+".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("note what was asked: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("note what was asked: %w", err)
	}
	err = os.Rename(part, filepath.Join(folder, incomingNote))
	for range 3 { // the folder, incoming, the data folder
		err = errors.Join(err, syncPath(folder))
		folder = filepath.Dir(folder)
	}
	if err != nil {
		return fmt.Errorf("note what was asked: %w", err)
	}
	return nil
}

// syncPath makes a file, or the names in a folder, durable.
func syncPath(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func hashFile(name string) (size int64, hash string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// damagedSuffix ends the name of a folder beside that of an upload, with what is not as it was acknowledged.
const damagedSuffix = ".damaged"

// setApart looks at each file of an upload that waited, and moves what is not as it was acknowledged beside it, so that neither is it taken
// in as complete nor is it lost. It returns the names of such files, and of those that are missing.
func setApart(folder string, a arrival) (bad []string, err error) {
	if a.Files == nil {
		return nil, nil // the note of an earlier version says nothing of files
	}
	data := filepath.Join(folder, incomingData)
	want := map[string]arrivedFile{}
	for _, f := range a.Files {
		want[f.Name] = f
	}
	err = filepath.WalkDir(data, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(data, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		size, hash, err := int64(0), "", error(nil)
		if e.Type().IsRegular() {
			if size, hash, err = hashFile(name); err != nil {
				return err
			}
		}
		if want[rel] == (arrivedFile{rel, size, hash}) {
			delete(want, rel)
			return nil
		}
		delete(want, rel)
		bad = append(bad, rel)
		return moveApart(folder, name, rel)
	})
	for name := range want {
		bad = append(bad, name)
	}
	slices.Sort(bad)
	return bad, err
}

func moveApart(folder, name, rel string) error {
	to := filepath.Join(folder+damagedSuffix, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.Rename(name, to)
}

// arrivesApart says of an entry of incoming that it is not an upload that waits.
func arrivesApart(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), damagedSuffix) }

// A pace is how slow an upload may be.
type pace struct {
	silence time.Duration // how long nothing may arrive, and how long a slow beginning may take
	least   int64         // bytes a second on the whole
	most    time.Duration // how long it may take, whatever arrives
}

// slowest is the pace of uploads: 4 KiB a second is a tenth of the slowest connection by telephone that is still sold. At it, 12 hours
// carry 170 MB; at 1.5 MB a second, the largest upload.
var slowest = pace{silence: time.Minute, least: 4 << 10, most: 12 * time.Hour}

// until is when a connection is given up that began at a moment and has brought n bytes by now.
func (p pace) until(began, now time.Time, n int64) time.Time {
	on := now.Add(p.silence)
	for _, t := range []time.Time{began.Add(p.silence + time.Duration(n/p.least)*time.Second), began.Add(p.most)} {
		if t.Before(on) {
			on = t
		}
	}
	return on
}

// extendRead keeps a slow upload alive for as long as it keeps its pace.
type extendRead struct {
	io.ReadCloser
	control *http.ResponseController
	pace    pace
	began   time.Time
	n       int64 // bytes so far
}

func (e *extendRead) Read(b []byte) (int, error) {
	_ = e.control.SetReadDeadline(e.pace.until(e.began, time.Now(), e.n)) // a connection without deadlines waits longer
	n, err := e.ReadCloser.Read(b)
	e.n += int64(n)
	return n, err
}

// Limits of one account: uploads that arrive at the same time, and pieces of work that have not ended.
const (
	mostUploads = 4
	mostWork    = 200
)

// uploading counts an upload of an account in, or refuses it; done counts it out.
func (d *Desk) uploading(name string) (done func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.uploads[name] >= mostUploads {
		return nil, wrong(http.StatusTooManyRequests, "error.uploads", mostUploads)
	}
	if d.jobs.running(name) >= mostWork {
		return nil, wrong(http.StatusTooManyRequests, "error.work", mostWork)
	}
	d.uploads[name]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.uploads[name]--; d.uploads[name] == 0 {
			delete(d.uploads, name)
		}
	}, nil
}

// running counts the work of an account that has not ended.
func (j *jobs) running(by string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, b := range j.list {
		if b.view.By == by && b.view.Ended.IsZero() {
			n++
		}
	}
	return n
}
