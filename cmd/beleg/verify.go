package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/schollz/progressbar/v3"

	"beleg/custody"
	"beleg/internal/intake"
)

type verifyCmd struct {
	Sample string   `help:"${help_sample}" placeholder:"N/M"`
	Key    []string `help:"${help_key}" placeholder:"KEY"`
	JSON   bool     `name:"json" help:"${help_json}"`
}

// Run checks everything that was taken in, and names every fault.
func (c *verifyCmd) Run(ctx context.Context, a *app) error {
	o := custody.VerifyOptions{TrustedKeys: c.Key}
	var err error
	if c.Sample != "" {
		if o.Sample, err = custody.ParseSample(c.Sample); err != nil {
			return usageError{a.Say("error.sample", c.Sample)}
		}
	}
	if o.KeyFile, err = custody.DefaultKeyFile(); err != nil {
		return err
	}
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	b := verifyBar{app: a}
	o.Progress = b.progress
	r, err := intake.Verify(ctx, dir, o)
	b.finish()
	if err != nil {
		return err
	}
	if c.JSON {
		err = a.json(r)
	} else {
		err = a.report(r)
	}
	if len(r.Faults) > 0 {
		return errors.Join(err, errWanting)
	}
	return err
}

// report says what verify found.
func (a *app) report(r custody.Report) error {
	for _, f := range r.Faults {
		fmt.Fprintf(a.err, "beleg: %s\n", a.red(printable(f.String())))
	}
	for _, f := range r.Lost {
		a.warn("verify.lost", printable(f.String()))
	}
	for _, path := range r.Unacknowledged {
		a.warn("verify.unacknowledged", printable(path))
	}
	fmt.Fprintln(a.out, a.Say("verify.counted", r.Entries, r.Signed, r.Originals, r.Hashed, r.HashedBytes))
	if r.Stamps > 0 {
		fmt.Fprintln(a.out, a.Say("verify.stamps", r.Stamps, r.Stamped.Format("2006-01-02T15:04:05Z")))
	}
	switch r.Key {
	case custody.KeyMissing:
		a.warn("verify.key")
	case custody.KeyOther:
		a.warn("verify.key.other")
	}
	if r.Behind > 0 {
		a.warn("verify.behind", r.Behind)
	}
	for _, dir := range r.Forks {
		a.warn("verify.fork", printable(dir))
	}
	if len(r.Faults) > 0 {
		_, err := fmt.Fprintln(a.out, a.red(a.Count("count.fault", len(r.Faults))+" - "+a.Say("verify.next")))
		return err
	}
	_, err := fmt.Fprintln(a.out, a.green(a.Say("verify.clean")))
	return err
}

// A verifyBar shows one bar for each stage.
type verifyBar struct {
	app   *app
	stage string
	bar   *progressbar.ProgressBar
}

func (b *verifyBar) progress(p custody.Progress) {
	if p.Stage != b.stage {
		b.finish()
		b.stage = p.Stage
		b.bar = b.app.bar(int64(p.Total), b.app.Maybe("verify.stage.", p.Stage))
	}
	b.bar.Set64(int64(p.Done))
}

func (b *verifyBar) finish() {
	if b.bar != nil {
		b.bar.Finish()
	}
}
