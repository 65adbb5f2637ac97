package main

import (
	"context"
	"io"
	"os"

	"beleg/internal/eval"
)

type showingsCommand struct {
	Clips      string `required:"" type:"existingdir" help:"Folder of the raw clips and photographs that the broadcasts show: the benchmark's archive."`
	Broadcasts string `required:"" type:"existingdir" help:"Folder of broadcasts: they are the archive, but for some that are asked."`
	Truth      string `required:"" type:"existingfile" help:"Table of true segments: which broadcast shows which seconds of which clip."`
	Manifest   string `type:"existingfile" help:"Tab-separated table with the columns file and group: clips of one recording."`
	Sizes      []int  `default:"1,5,10,20,40" help:"Broadcasts in the archive, growing, with commas between them."`
	Queries    int    `default:"4" help:"Broadcasts that are asked and never taken in."`
	Sample     int    `default:"0" help:"Ask so many clips and photographs only, from all over the list; 0: all."`
	Unnamed    bool   `help:"List the showings that are not named at the last size, and what is wrong."`
	Told       string `type:"existingfile" help:"Weigh these lines of beleg check --json, of all broadcasts taken in, instead of running the program."`
	Workers    int    `default:"2" help:"Files at a time."`
	Beleg      string `help:"The beleg program. Default: the one beside beleg-eval, else on the search path."`
}

// Run takes broadcasts in, asks clips and broadcasts at each size of the archive, and prints how many showings were named.
func (c *showingsCommand) Run(ctx context.Context, out io.Writer) error {
	s := eval.Showings{Footage: eval.Footage{Archive: c.Clips, Broadcasts: c.Broadcasts, Truth: c.Truth, Manifest: c.Manifest, Workers: c.Workers},
		Sizes: c.Sizes, Queries: c.Queries, Sample: c.Sample, Unnamed: c.Unnamed}
	if c.Told != "" {
		return s.Told(c.Told, out)
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
	s.Beleg, s.Work = beleg, work
	return s.Run(ctx, out)
}
