package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"unicode"

	"beleg/custody"
	"beleg/document"
	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/words"
	"beleg/stamp"
	"beleg/video"
)

// open opens the data folder for writing.
func (a *app) open(ctx context.Context) (*intake.Folder, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	f, err := intake.Open(ctx, dir, custody.Options{Now: a.clock})
	if err == nil {
		if key, n := f.Archive.Before(); key != "" {
			a.warn("open.before", printable(dir), n, key)
		}
	}
	return a.tellDamage(ctx, f, err)
}

// openReadOnly opens the data folder for reading, also while another beleg writes.
func (a *app) openReadOnly(ctx context.Context) (*intake.Folder, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	f, err := intake.OpenReadOnly(ctx, dir)
	return a.tellDamage(ctx, f, err)
}

// tellDamage warns of records that cannot be read: the rest is usable, and nobody takes it for the whole.
func (a *app) tellDamage(ctx context.Context, f *intake.Folder, err error) (*intake.Folder, error) {
	if err != nil {
		return nil, err
	}
	list, err := f.Catalogue.Damage(ctx)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	for i, d := range list {
		if i == maxDamageTold {
			a.warn("damage.more", len(list)-i)
			break
		}
		a.warn("damage.record", d.Index, printable(d.Detail))
	}
	return f, nil
}

// maxDamageTold is how many damaged records are named each time a command begins; beleg verify names all.
const maxDamageTold = 3

// locate finds the decoder.
func (a *app) locate(ctx context.Context) (*video.Tools, error) {
	return video.Locate(ctx, video.Options{FFmpeg: a.FFmpeg, Limits: video.Limits{Idle: a.Patience}})
}

// causes are the errors that a person can do something about, with the key of the text that says what.
var causes = []struct {
	err error
	key string
}{
	{syscall.ENOSPC, "error.full"},
	{syscall.EDQUOT, "error.full"},
	{syscall.EFBIG, "error.full"},
	{custody.ErrLocked, "error.locked"},
	{custody.ErrNewer, "error.newer"},
	{store.ErrNewer, "error.newer"},
	{custody.ErrNoArchive, "error.noarchive"},
	{custody.ErrKey, "error.key"},
	{custody.ErrFork, "error.fork"},
	{custody.ErrStale, "error.stale"},
	{stamp.ErrToken, "error.token"},
	{intake.ErrInside, "error.inside"},
	{intake.ErrAuthority, "error.authority"},
	{custody.ErrRecord, "error.record"},
	{custody.ErrReason, "error.reason"},
	{custody.ErrReplaced, "error.replaced"},
	{custody.ErrCheckpoint, "error.checkpoint"},
	{custody.ErrDamaged, "error.damaged"},
	{custody.ErrDigest, "error.damaged"},
	{custody.ErrBroken, "error.broken"},
	{store.ErrDamaged, "error.catalogue"},
	{store.ErrDisk, "error.full"},
	{store.ErrUnwritable, "error.unwritable"},
	{store.ErrUnknown, "error.unknown"},
	{store.ErrAmbiguous, "error.ambiguous"},
	{store.ErrShort, "error.short"},
	{casefile.ErrConflict, "error.decided"},
	{casefile.ErrUnknown, "error.nosubject"},
	{accounts.ErrUnknown, "error.noaccount"},
	{accounts.ErrExists, "error.account.exists"},
	{accounts.ErrName, "error.account.name"},
	{accounts.ErrWeak, "error.account.weak"},
	{accounts.ErrLong, "error.account.long"},
	{accounts.ErrLastAdmin, "error.account.last"},
	{video.ErrNoFFmpeg, "error.noffmpeg"},
	{video.ErrPlaylist, "error.playlist"},
	{video.ErrUnknownType, "error.type"},
	{video.ErrEmpty, "error.empty"},
	{intake.ErrTable, "error.table"},
	{intake.ErrTableFile, "error.table"},
	{intake.ErrSidecar, "error.sidecar"},
	{intake.ErrUnreadable, "error.undecodable"},
	{intake.ErrNoFootage, "error.nofootage"},
	{document.ErrBinary, "error.binary"},
	{document.ErrFormat, "error.format"},
	{document.ErrTooLarge, "error.toolong"},
	{document.ErrBroken, "error.document"},
	{errNotFile, "error.notfile"},
	{syscall.EROFS, "error.readonly"},
	{fs.ErrPermission, "error.permission"},
	{fs.ErrNotExist, "error.missing"},
}

// explain says an error with what to do next. What the engines say of an error is English; to whom another language is spoken what to do
// comes first, and that stands below it as a detail.
func (a *app) explain(err error) string {
	var field *casefile.InvalidError
	if errors.As(err, &field) {
		return printable(a.Field(field.Field, cmp.Or(field.Format, field.Detail), field.Args...))
	}
	text := printable(words.Plain(err.Error()))
	var usage usageError
	if errors.As(err, &usage) {
		return text
	}
	hint := ""
	for _, c := range causes {
		if errors.Is(err, c.err) {
			hint = a.Say(c.key)
			break
		}
	}
	whole := errors.Is(err, accounts.Err)
	switch {
	case whole && hint != "":
		return hint
	case a.Words.Lang() == words.English && hint == "":
		return text
	case a.Words.Lang() == words.English:
		return text + "\n  " + hint
	case hint == "":
		hint = a.Say("error.other")
	}
	return hint + "\n  " + a.Say("error.details", text)
}

// printable keeps names and words that come from outside from steering the terminal or
// forging lines: what is no printable character is shown as it is quoted.
func printable(s string) string {
	if strings.Contains(s, "\n") { // several errors joined: a line each
		lines := strings.Split(s, "\n")
		for i, line := range lines {
			lines[i] = printable(line)
		}
		return strings.Join(lines, "\n  ")
	}
	strange := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if strings.IndexFunc(s, strange) < 0 {
		return s
	}
	q := fmt.Sprintf("%+q", s)
	return q[1 : len(q)-1]
}
