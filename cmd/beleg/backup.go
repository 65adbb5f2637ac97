package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"beleg/custody"
	"beleg/internal/accounts"
	"beleg/internal/intake"
)

type backupCmd struct {
	Dir  string `arg:"" help:"${help_backup_dir}" placeholder:"DIR"`
	JSON bool   `name:"json" help:"${help_json}"`
}

// A backupView is the JSON form of a backup.
type backupView struct {
	custody.BackedUp
	Verified custody.Report `json:"verified"` // what verify found in the copy
}

// Run copies the data folder, beside whatever works on it, and proves the copy.
func (c *backupCmd) Run(ctx context.Context, a *app) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	var o custody.VerifyOptions
	if o.KeyFile, err = custody.DefaultKeyFile(); err != nil {
		return err
	}
	bar := verifyBar{app: a}
	o.Progress = bar.progress
	b, r, err := intake.Backup(ctx, dir, c.Dir, o)
	bar.finish()
	if err != nil {
		return err
	}
	if err := copyAccounts(ctx, dir, c.Dir); err != nil {
		return err
	}
	if c.JSON {
		err = a.json(backupView{b, r})
	} else {
		err = c.report(a, b, r)
	}
	if len(b.Faults)+len(r.Faults) > 0 {
		return errors.Join(err, errWanting)
	}
	return err
}

func copyAccounts(ctx context.Context, dir, to string) error {
	from := filepath.Join(dir, accountsFile)
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return accounts.Copy(ctx, from, filepath.Join(to, accountsFile))
}

func (c *backupCmd) report(a *app, b custody.BackedUp, r custody.Report) error {
	for _, f := range append(b.Faults, r.Faults...) {
		fmt.Fprintf(a.err, "beleg: %s\n", a.red(printable(f.String())))
	}
	fmt.Fprintln(a.out, a.Say("backup.done", b.Entries, b.Originals, b.Bytes, printable(c.Dir)))
	if n := len(b.Faults) + len(r.Faults); n > 0 {
		_, err := fmt.Fprintln(a.out, a.red(a.Count("count.fault", n)+" - "+a.Say("verify.next")))
		return err
	}
	fmt.Fprintln(a.out, a.green(a.Say("backup.clean", r.Originals)))
	_, err := fmt.Fprintln(a.out, a.Say("backup.key"))
	return err
}
