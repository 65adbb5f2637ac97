package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"beleg/edtf"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/match"
)

// What arrives lies in a folder of its own inside the data folder until it is in custody: the files, and a note of what was
// asked. A desk that was ended goes on with what has the note; what has none had not arrived whole and was never acknowledged.
const (
	incomingDir  = "incoming"
	incomingNote = "request.json"
	incomingData = "upload"
)

// An arrival is what was asked of one intake.
type arrival struct {
	By    string        `json:"by"`
	Asked store.Request `json:"asked"`
	Check bool          `json:"check"`           // compare footage with the archive afterwards
	Table string        `json:"table,omitempty"` // what is known of single files, as [intake.ReadTable] reads it
	Files []arrivedFile `json:"files"`           // as they were when the upload was acknowledged
}

// fields that may be given with an intake, by name.
func (a *arrival) set(name, value string, now time.Time) error {
	if len(value) > 2000 {
		return &casefile.InvalidError{Field: name, Detail: "is longer than 2000 bytes"}
	}
	value = strings.TrimSpace(value)
	switch name {
	case "first_seen":
		if value == "" {
			return nil
		}
		date, err := intake.FirstSeen(value, now)
		if err != nil {
			return dateProblem(name, err)
		}
		if a.Asked.FirstSeen = date; date != value {
			a.Asked.SeenWords = value
		}
	case "outlet":
		a.Asked.Outlet = value
	case "place":
		a.Asked.Place = value
	case "purpose":
		a.Asked.Purpose = value
	case "kind":
		if !slices.Contains([]string{"", store.Broadcast, store.Clip, store.Photo, store.Article, store.Document}, value) {
			return &casefile.InvalidError{Field: name, Detail: "must be broadcast, clip, photo, article, document or empty"}
		}
		a.Asked.Kind = value
	case "check":
		a.Check = value != "" && value != "false"
	default:
		return &casefile.InvalidError{Field: name, Detail: "is not known here"}
	}
	return nil
}

// A readDate is a date as the desk understood it.
type readDate struct {
	EDTF  string `json:"edtf"`
	Words string `json:"words"` // in the language of the person
}

// apiDate reads a date as people write it, so that they see what it is taken for before they send it.
func (d *Desk) apiDate(q *request) error {
	date, err := intake.FirstSeen(q.URL.Query().Get("text"), d.Now())
	if err != nil {
		return dateProblem("first_seen", err)
	}
	read, err := edtf.Parse(date)
	if err != nil {
		return err
	}
	return q.json(readDate{date, read.Human(string(q.words.Lang()))})
}

// An intakeView is the page on which things are dropped.
type intakeView struct {
	Jobs  []jobView
	Kinds []string
}

func (d *Desk) intakePage(q *request) error {
	return d.page(q, http.StatusOK, "intake", q.words.Say("title.intake"),
		intakeView{Jobs: d.jobsOf(q), Kinds: []string{store.Broadcast, store.Clip, store.Photo, store.Article, store.Document}})
}

// apiIntake takes in what is sent as a form: fields first, then files, each with its path below what was dropped as its name.
func (d *Desk) apiIntake(q *request) error {
	parts, err := q.MultipartReader()
	if err != nil {
		return wrong(http.StatusUnsupportedMediaType, "error.form")
	}
	done, err := d.uploading(q.who.Name)
	if err != nil {
		return err
	}
	defer done()
	folder := filepath.Join(d.folder().Dir, incomingDir, rand.Text())
	if err := os.MkdirAll(filepath.Join(folder, incomingData), 0o700); err != nil {
		return fmt.Errorf("make room for an intake: %w", err)
	}
	a := arrival{By: q.who.Name}
	rows, err := receive(d.Now, parts, filepath.Join(folder, incomingData), &a)
	if err == nil && len(rows) == 0 {
		err = &casefile.InvalidError{Field: "file", Detail: "must be given: choose a file, or write a text"}
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	view, err := d.takeIn(folder, "intake", a, rows)
	if err != nil {
		return err
	}
	return q.answer(http.StatusAccepted, view)
}

// receive keeps what arrives below dir.
func receive(now func() time.Time, parts *multipart.Reader, dir string, a *arrival) ([]jobRow, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	rows := []jobRow{}
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, arrivalError(err)
		}
		_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			return nil, &casefile.InvalidError{Field: "file", Detail: "has a heading that cannot be read"}
		}
		name, filename := params["name"], params["filename"]
		switch {
		case filename != "":
		case name == "text":
			filename = "text.txt"
		default:
			b, err := io.ReadAll(io.LimitReader(part, 4000))
			if err != nil {
				return nil, arrivalError(err)
			}
			if err := a.set(name, string(b), now()); err != nil {
				return nil, err
			}
			continue
		}
		row, err := receiveFile(root, filename, part)
		if err != nil {
			return nil, err
		}
		if row.Size > 0 || name != "text" { // an empty text was just not written
			rows = append(rows, row)
		}
		if len(rows) > maxArrivals {
			return nil, casefile.Invalid("file", "more than %d files at once; use beleg add for large folders", maxArrivals)
		}
	}
}

// maxArrivals is how many files one intake from the browser may have.
const maxArrivals = 10_000

func arrivalError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return wrong(http.StatusBadRequest, "error.cutoff")
}

// receiveFile writes one file below root. A name that leads elsewhere is refused, and one that was there already gets a number.
func receiveFile(root *os.Root, name string, r io.Reader) (jobRow, error) {
	name = strings.TrimPrefix(strings.ReplaceAll(name, "\\", "/"), "/")
	if !filepath.IsLocal(filepath.FromSlash(name)) || !utf8.ValidString(name) || strings.ContainsRune(name, 0) || len(name) > 1000 {
		return jobRow{}, casefile.Invalid("file", "%q is no name for a file; rename it and drop it again", name)
	}
	name = path.Clean(name)
	if err := makeFolders(root, path.Dir(name)); err != nil {
		return jobRow{}, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	for n := 2; errors.Is(err, fs.ErrExist) && n < 1000; n++ {
		ext := path.Ext(name)
		name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
		f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return jobRow{}, fmt.Errorf("keep what arrives: %w", err)
	}
	h := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, h), r)
	if err := errors.Join(err, f.Close()); err != nil {
		return jobRow{}, arrivalError(err)
	}
	return jobRow{Name: name, Size: size, State: "arrived", sum: hex.EncodeToString(h.Sum(nil))}, nil
}

func makeFolders(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if err := makeFolders(root, path.Dir(dir)); err != nil {
		return err
	}
	if err := root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep what arrives: %w", err)
	}
	return nil
}

// takeIn notes what was asked and starts the job that takes in what lies in folder.
func (d *Desk) takeIn(folder, kind string, a arrival, rows []jobRow) (jobView, error) {
	hashes := map[string]string{}
	for _, r := range rows {
		hashes[r.Name] = r.sum
	}
	if err := seal(folder, a, hashes); err != nil {
		return jobView{}, errors.Join(err, os.RemoveAll(folder))
	}
	return d.jobs.start(kind, a.By, d.Now, rows, func(ctx context.Context, j *job) error {
		return d.arrive(ctx, j, folder, a)
	}), nil
}

// resume goes on with intakes that were cut off.
func (d *Desk) resume() error {
	dir := filepath.Join(d.folder().Dir, incomingDir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if arrivesApart(e) {
			d.Log.Error("what was acknowledged and is damaged lies apart", "folder", filepath.Join(dir, e.Name()))
			continue
		}
		folder := filepath.Join(dir, e.Name())
		var a arrival
		b, err := os.ReadFile(filepath.Join(folder, incomingNote))
		if err == nil {
			err = json.Unmarshal(b, &a)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist): // it had not arrived whole
			if err := os.RemoveAll(folder); err != nil {
				return err
			}
			continue
		case err != nil: // it had, and what was asked cannot be read any more
			d.Log.Error("the note of an upload is damaged", "error", err, "folder", folder+damagedSuffix)
			if err := os.Rename(folder, folder+damagedSuffix); err != nil {
				return err
			}
			continue
		}
		bad, err := setApart(folder, a)
		if err != nil {
			return err
		}
		rows := []jobRow{}
		for _, name := range bad {
			d.Log.Error("an upload is not as it was acknowledged", "file", name, "by", a.By, "folder", folder+damagedSuffix)
			rows = append(rows, jobRow{Name: name, State: "left out", Detail: "damaged"})
		}
		d.jobs.start("intake", a.By, d.Now, rows, func(ctx context.Context, j *job) error { return d.arrive(ctx, j, folder, a) })
	}
	return nil
}

// compareNew compares the broadcasts that were taken in without the desk and never compared with the archive.
func (d *Desk) compareNew(ctx context.Context) error {
	list, err := d.unchecked(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	by := cmp.Or(d.Local, "beleg")
	var rows []jobRow
	var ids []string
	for _, it := range list {
		rows, ids = append(rows, jobRow{Name: it.Name, Item: it.ID, State: it.State, Kind: it.Kind, Index: it.Index}), append(ids, it.ID)
	}
	d.jobs.start("check", by, d.Now, rows, func(ctx context.Context, j *job) error {
		return d.checkTaken(ctx, j, arrival{By: by}, ids)
	})
	return nil
}

// arrive takes in what lies in folder, and then compares footage with the archive. The folder goes when all is done or a
// person stopped it; when the desk itself is ended it stays.
func (d *Desk) arrive(ctx context.Context, j *job, folder string, a arrival) (err error) {
	defer func() {
		if d.jobs.ctx.Err() == nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	var taken []string
	in := &intake.Intake{Folder: d.folder(), Engine: d.Engine, Actor: a.By, Asked: a.Asked,
		Taken: func(t intake.Taken) {
			taken = append(taken, t.ID)
			j.row(t.Name, func(r *jobRow) {
				r.Item, r.Index, r.Before, r.State, r.Size = t.ID, t.Index, t.Before, store.Pending, t.File.Size
			})
		},
		Skip: func(s intake.Skip) {
			j.row(filepath.Base(s.Path), func(r *jobRow) { r.State, r.Detail = "left out", s.Reason })
		},
		State: func(s intake.State) { d.looked(ctx, j, s) },
	}
	if a.Table != "" {
		if in.Table, err = intake.ReadTable("request", strings.NewReader(a.Table)); err != nil {
			return err
		}
	}
	j.change(func(v *jobView) { v.Step = "intake" })
	if err := in.Run(ctx, []string{filepath.Join(folder, incomingData)}, 2, d.Program); err != nil {
		return err
	}
	return d.checkTaken(ctx, j, a, taken)
}

// looked tells what looking into an item found.
func (d *Desk) looked(ctx context.Context, j *job, s intake.State) {
	it, err := d.folder().Catalogue.Item(ctx, s.ID)
	j.row(s.Name, func(r *jobRow) {
		r.State, r.Detail = s.State, s.Detail
		if err == nil {
			r.Kind = it.Kind
		}
	})
}

// checkTaken compares what was taken in with the archive: broadcasts always, other footage when it was asked for.
func (d *Desk) checkTaken(ctx context.Context, j *job, a arrival, taken []string) error {
	j.change(func(v *jobView) { v.Step = "check" })
	slices.Sort(taken)
	for _, id := range slices.Compact(taken) {
		it, err := d.folder().Catalogue.Item(ctx, id)
		if err != nil {
			return err
		}
		j.row(it.Name, func(r *jobRow) { // known bytes are not looked into again
			if r.Item == id {
				r.State, r.Kind, r.Detail = it.State, it.Kind, it.Detail
				if it.Text != nil {
					r.Claims = it.Text.Claims
				}
			}
		})
		if it.Media == nil || it.Media.Kind == "audio" || it.Kind != store.Broadcast && !a.Check {
			continue
		}
		list, err := d.Engine.CheckItem(ctx, a.By, id)
		switch {
		case err != nil && ctx.Err() != nil:
			return err
		case err != nil:
			j.row(it.Name, func(r *jobRow) { r.failed = err })
		default:
			j.row(it.Name, func(r *jobRow) { r.Reuses = believable(list) })
		}
	}
	return nil
}

// apiCheck compares one item with the archive.
func (d *Desk) apiCheck(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	it, err := d.folder().Catalogue.Item(q.Context(), id)
	if err != nil {
		return err
	}
	by := q.who.Name
	view := d.jobs.start("check", by, d.Now, []jobRow{{Name: it.Name, Item: id, State: it.State, Kind: it.Kind}}, func(ctx context.Context, j *job) error {
		j.change(func(v *jobView) { v.Step = "check" })
		list, err := d.Engine.CheckItem(ctx, by, id)
		j.row(it.Name, func(r *jobRow) { r.Reuses = believable(list) })
		return err
	})
	return q.answer(http.StatusAccepted, view)
}

func (d *Desk) apiJobs(q *request) error { return q.json(d.jobsOf(q)) }

func (d *Desk) apiJob(q *request) error {
	v, _, err := d.jobOf(q)
	if err != nil {
		return err
	}
	return q.json(v)
}

// apiStop stops a job. What was acknowledged by then is kept.
func (d *Desk) apiStop(q *request) error {
	v, stop, err := d.jobOf(q)
	if err != nil {
		return err
	}
	stop()
	return q.answer(http.StatusAccepted, v)
}

// patience is how long nothing may arrive, or be taken off, before a connection is given up.
const patience = time.Minute

// believable counts the reuses that are told as shown before.
func believable(list []intake.Reuse) (n int) {
	for _, r := range list {
		if r.Strength() == match.Believable {
			n++
		}
	}
	return n
}
