package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"beleg/internal/synth"
)

type demoCmd struct {
	Dir     string `help:"${help_demo_dir}" placeholder:"DIR"`
	NoServe bool   `name:"no-serve" help:"${help_no_serve}"`
}

// Run makes the worked case in a fresh folder and runs the commands on it that a person would.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	dir, err := c.folder(a)
	if err != nil {
		return err
	}
	tools, err := a.locate(ctx)
	if err != nil {
		return err
	}
	ffmpeg := tools.FFmpeg()
	if err := tools.Close(); err != nil {
		return err
	}
	fmt.Fprintln(a.out, a.Say("demo.making", dir))
	story, err := synth.WriteStory(ctx, ffmpeg, dir, func(name string, n, of int) {
		fmt.Fprintln(a.err, a.Say("demo.file", name, n+1, of))
	})
	if err != nil {
		return err
	}
	d := &demo{app: a, dir: dir, data: filepath.Join(dir, "data")}
	if err := d.run(ctx, c.steps(story)); err != nil {
		return err
	}
	if c.NoServe {
		fmt.Fprintf(a.out, "\n%s\n", a.Say("demo.done", d.dir, d.data))
		return nil
	}
	return d.serve(ctx)
}

// serve opens the desk on the worked case; a browser only where a person looks on.
func (d *demo) serve(ctx context.Context) error {
	sub := *d.app
	args := []string{"--data", d.data, "--lang", string(d.app.Words.Lang()), "serve"}
	if isTerminal(d.app.out) {
		args = append(args, "--open")
	}
	if status := sub.run(ctx, args); status != done {
		return errWanting
	}
	return nil
}

// folder returns an absolute path of a folder that is empty or does not exist yet.
func (c *demoCmd) folder(a *app) (string, error) {
	if c.Dir == "" {
		return os.MkdirTemp("", "beleg-demo-")
	}
	entries, err := os.ReadDir(c.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if len(entries) > 0 {
		return "", usageError{a.Say("demo.notempty", c.Dir)}
	}
	return filepath.Abs(c.Dir)
}

// A step is a command of the worked case and what it is for.
type step struct {
	why  string // key of the words before it
	args []string
}

func (c *demoCmd) steps(s synth.Story) []step {
	return []step{
		{"demo.archive", []string{"add", s.Archive, "--from-table", s.Table, "--purpose", "worked case"}},
		{"demo.check", []string{"check", s.Broadcast}},
		{"demo.broadcast", []string{"add", s.Broadcast, "--kind", "broadcast", "--outlet", "KN1", "--first-seen", s.Aired, "--place", "Aleppo", "--purpose", "worked case"}},
		{"demo.texts", []string{"add", s.Article, s.Statement, "--purpose", "worked case"}},
		{"demo.read", []string{"read", s.Article}},
		{"demo.verify", []string{"verify"}},
	}
}

// demo runs commands on a data folder and shows them as they would be typed.
type demo struct {
	app       *app
	dir, data string
}

func (d *demo) run(ctx context.Context, steps []step) error {
	for i, s := range steps {
		if i == len(steps)-1 { // the last looks at all that was done
			if err := d.openCase(ctx); err != nil {
				return err
			}
		}
		fmt.Fprintf(d.app.out, "\n%s\n%s\n", d.app.bold(d.app.Say(s.why)), d.app.bold("$ beleg "+d.shown(s.args)))
		sub := *d.app
		args := append([]string{"--data", d.data, "--lang", string(d.app.Words.Lang())}, s.args...)
		if status := sub.run(ctx, args); status != done {
			return errWanting
		}
	}
	return nil
}

// shown writes a command as typed in the folder of the worked case.
func (d *demo) shown(args []string) string {
	words := []string{"--data data"}
	for _, w := range args {
		if rel, err := filepath.Rel(d.dir, w); err == nil && filepath.IsAbs(w) {
			w = rel
		}
		if strings.Contains(w, " ") {
			w = "'" + w + "'"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}
