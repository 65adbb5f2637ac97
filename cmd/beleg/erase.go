package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"beleg/custody"
	"beleg/internal/intake"
)

type eraseCmd struct {
	Entry  uint64   `arg:"" help:"${help_erase_entry}" placeholder:"ENTRY"`
	Member []string `help:"${help_erase_member}" placeholder:"NAME"`
	Why    string   `help:"${help_erase_why}" placeholder:"WORDS"`
	person
}

// Run takes members out of a record for good; without any it lists those that are there.
func (c *eraseCmd) Run(ctx context.Context, a *app) error {
	if len(c.Member) == 0 {
		return c.list(ctx, a)
	}
	if c.Why == "" {
		return usageError{a.Say("error.why")}
	}
	who, err := c.name(a)
	if err != nil {
		return err
	}
	folder, err := a.open(ctx)
	if err != nil {
		return err
	}
	gone := c.words(ctx, folder)
	_, err = folder.Archive.Erase(ctx, c.Entry, c.Member, who, c.Why)
	if err == nil {
		err = c.tellRest(ctx, a, folder, gone)
	}
	if err := errors.Join(err, folder.Close()); err != nil {
		return err
	}
	// The catalogue still says what the record said.
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	if folder, err = intake.Rebuild(ctx, dir, custody.Options{Now: a.clock}); err != nil {
		return err
	}
	fmt.Fprintln(a.out, a.Say("erase.done", len(c.Member), c.Entry))
	return folder.Close()
}

// leastWords is how many bytes a text must have to be looked for elsewhere: shorter ones stand everywhere.
const leastWords = 4

// words returns the texts that are about to be erased, without their quotation marks.
func (c *eraseCmd) words(ctx context.Context, folder *intake.Folder) (list [][]byte) {
	for r, err := range folder.Archive.Records(ctx, c.Entry) {
		for _, name := range c.Member {
			if v, ok := r.Member(name); err == nil && ok && len(v) >= leastWords+2 && v[0] == '"' {
				list = append(list, v[1:len(v)-1])
			}
		}
		break
	}
	return list
}

// tellRest names the entries in which the same words still stand.
func (c *eraseCmd) tellRest(ctx context.Context, a *app, folder *intake.Folder, gone [][]byte) error {
	for r, err := range folder.Archive.Records(ctx, 0) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && slices.ContainsFunc(gone, r.Holds) {
			a.warn("erase.rest", r.Index, r.Index)
		}
	}
	return nil
}

func (c *eraseCmd) list(ctx context.Context, a *app) (err error) {
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	for r, err := range folder.Archive.Records(ctx, c.Entry) {
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.Say("erase.record", r.Index, r.Kind, r.Time.Format("2006-01-02T15:04:05Z")))
		for _, name := range r.Members() {
			fmt.Fprintln(a.out, "  "+printable(name))
		}
		if r.Version == 1 {
			fmt.Fprintln(a.out, a.Say("erase.old"))
		}
		return nil
	}
	return fmt.Errorf("entry %d: %w", c.Entry, custody.ErrRecord)
}
