package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"beleg/internal/eval"
)

type footageCommand struct {
	Archive     string `required:"" type:"existingdir" help:"Folder of archive clips and photos."`
	Broadcasts  string `required:"" type:"existingdir" help:"Folder of broadcasts to check."`
	Truth       string `required:"" type:"existingfile" help:"Table of true segments."`
	Manifest    string `type:"existingfile" help:"Tab-separated table with the columns file and group: clips of one recording."`
	Predictions string `help:"Where to write the predictions. Default: in a folder that is removed."`
	Workers     int    `default:"2" help:"Files at a time."`
	Tall        int    `default:"0" help:"Also measure taking in so many videos enlarged to 1080 lines."`
	Long        bool   `help:"Also measure the memory that a check of all broadcasts joined to one takes."`
	Beleg       string `help:"The beleg program. Default: the one beside beleg-eval, else on the search path."`
}

// Run takes the archive in, checks the broadcasts and prints quality and cost.
func (c *footageCommand) Run(ctx context.Context, out io.Writer) error {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		return err
	}
	beleg, err := findBeleg(c.Beleg)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "beleg-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if c.Predictions == "" {
		c.Predictions = filepath.Join(work, "predictions.csv")
	}
	f := eval.Footage{Beleg: beleg, FFmpeg: ffmpeg, Archive: c.Archive, Broadcasts: c.Broadcasts, Truth: c.Truth, Manifest: c.Manifest,
		Predictions: c.Predictions, Work: work, Workers: c.Workers, Tall: c.Tall, Long: c.Long}
	return f.Run(ctx, out)
}

func findBeleg(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "beleg")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	path, err := exec.LookPath("beleg")
	if err != nil {
		return "", fmt.Errorf("find the beleg program: build it with ./do build, or name it with --beleg: %w", err)
	}
	return path, nil
}

type harderCommand struct {
	Footage     string   `arg:"" type:"existingdir" help:"Folder of clips with MANIFEST.tsv (columns file, role, kind, group, seconds)."`
	Out         string   `arg:"" help:"Folder to make: archive/, broadcasts/ and truth.csv."`
	Cases       []string `help:"Only these cases, with commas between them."`
	Seed        uint64   `default:"1" help:"Same seed, same plan."`
	Per         int      `default:"3" help:"Excerpts per case and strength."`
	Distractors int      `default:"2000" help:"Generated photographs in the archive."`
	Jobs        int      `default:"2" help:"Broadcasts rendered at a time."`
}

// Run makes the benchmark of harder cases; `beleg-eval footage` measures on it.
func (c *harderCommand) Run(ctx context.Context) error {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		return err
	}
	h := eval.Harder{Footage: c.Footage, Out: c.Out, FFmpeg: ffmpeg, Cases: c.Cases, Seed: c.Seed, Per: c.Per, Distractors: c.Distractors, Jobs: c.Jobs,
		Progress: func(done, of int) { fmt.Fprintf(os.Stderr, "\r%d of %d ", done, of) }}
	defer fmt.Fprintln(os.Stderr)
	return h.Make(ctx)
}
