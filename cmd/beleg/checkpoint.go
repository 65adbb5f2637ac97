package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"beleg/custody"
	"beleg/internal/intake"
)

type checkpointCmd struct {
	Export  string   `help:"${help_checkpoint_export}" placeholder:"FILE" xor:"what"`
	Compare string   `help:"${help_checkpoint_compare}" placeholder:"FILE" xor:"what"`
	Add     string   `help:"${help_checkpoint_add}" placeholder:"FILE" xor:"what"`
	Since   int64    `help:"${help_checkpoint_since}" placeholder:"N" default:"-1"`
	Witness []string `help:"${help_checkpoint_witness}" placeholder:"KEY"`
	JSON    bool     `name:"json" help:"${help_json}"`
}

// A checkpointView is the JSON form of a checkpoint.
type checkpointView struct {
	Log  string `json:"log"`
	Key  string `json:"key"`
	Size uint64 `json:"size"`
	Root string `json:"root"`
	Note string `json:"note"`
}

// Run prints the newest checkpoint, writes it into a file, or compares the log with one.
func (c *checkpointCmd) Run(ctx context.Context, a *app) (err error) {
	if c.Add != "" {
		return c.add(ctx, a)
	}
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if c.Compare != "" {
		return c.compare(ctx, a, folder)
	}
	newest, err := folder.Archive.NewestCheckpoint()
	if err != nil {
		return err
	}
	switch {
	case c.Export != "":
		b := newest.Note
		if c.Since >= 0 {
			if b, err = folder.Archive.WitnessRequest(ctx, uint64(c.Since)); err != nil {
				return err
			}
		}
		if err := os.WriteFile(c.Export, b, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.Say("checkpoint.exported", newest.Size, printable(c.Export)))
		return nil
	case c.JSON:
		return a.json(checkpointView{newest.Origin, folder.Archive.LogKey(), newest.Size, newest.Root.String(), string(newest.Note)})
	}
	fmt.Fprintln(a.out, a.Say("checkpoint.newest", newest.Origin, newest.Size, newest.Root))
	fmt.Fprintf(a.out, "\n%s\n", newest.Note)
	_, err = fmt.Fprintln(a.out, a.Say("checkpoint.keep"))
	return err
}

// add keeps the signatures that a witness added to a checkpoint.
func (c *checkpointCmd) add(ctx context.Context, a *app) (err error) {
	b, err := os.ReadFile(c.Add)
	if err != nil {
		return err
	}
	folder, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	kept, err := folder.Archive.AddSignatures(ctx, b)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Add, err)
	}
	by, err := kept.Witnessed(c.Witness...)
	if err != nil {
		return err
	}
	for _, w := range by {
		fmt.Fprintln(a.out, a.Say("checkpoint.witnessed", printable(w.Name), w.Time.Format("2006-01-02T15:04:05Z"), kept.Size))
	}
	if len(by) < len(c.Witness) {
		a.warn("checkpoint.unwitnessed", len(c.Witness)-len(by))
		return errWanting
	}
	_, err = fmt.Fprintln(a.out, a.Say("checkpoint.added", kept.Size))
	return err
}

// compare checks that the log goes on from a checkpoint that was kept elsewhere.
func (c *checkpointCmd) compare(ctx context.Context, a *app, folder *intake.Folder) error {
	b, err := os.ReadFile(c.Compare)
	if err != nil {
		return err
	}
	kept, err := custody.ParseCheckpoint(b, folder.Archive.LogKey())
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Compare, err)
	}
	if err := folder.Archive.Continues(ctx, kept); err != nil {
		return err
	}
	size, err := folder.Archive.Len()
	if err != nil {
		return err
	}
	if c.JSON {
		return a.json(checkpointView{kept.Origin, folder.Archive.LogKey(), size, kept.Root.String(), string(kept.Note)})
	}
	_, err = fmt.Fprintln(a.out, a.Say("checkpoint.continues", kept.Size, size-kept.Size))
	return err
}
