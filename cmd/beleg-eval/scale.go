package main

import (
	"context"
	"io"
	"os"

	"beleg/internal/eval"
	"beleg/video"
)

type scaleCommand struct {
	Hours      []int  `default:"10,100,1000" help:"Sizes of the index in hours, ascending."`
	Archive    string `required:"" type:"existingdir" help:"Folder of archive clips and photos: the true archive."`
	Broadcasts string `required:"" type:"existingdir" help:"Folder of broadcasts to look up."`
	Truth      string `required:"" type:"existingfile" help:"Table of true segments."`
	Work       string `type:"path" help:"Folder for the index, which takes 8 GB for 1,000 hours and as much again while it is built. Default: a temporary one. Removed in the end." placeholder:"DIR" xor:"folder"`
	Keep       string `type:"path" help:"The same, but kept, and gone on with if it is there: smaller sizes than it has are passed over." placeholder:"DIR" xor:"folder"`
	Memory     int64  `default:"256" help:"Memory setting of the index, in MiB."`
	Seed       uint64 `default:"1" help:"Same seed, same made items."`
	Sample     int    `default:"6" help:"Broadcasts that are also checked to the end."`
}

// Run makes an index of each size and looks the broadcasts up in it.
func (c *scaleCommand) Run(ctx context.Context, out io.Writer) error {
	tools, err := video.Locate(ctx, video.Options{})
	if err != nil {
		return err
	}
	defer tools.Close()
	work := c.Keep
	if work == "" {
		if work, err = os.MkdirTemp(c.Work, "beleg-scale-"); err != nil {
			return err
		}
		defer os.RemoveAll(work)
	}
	s := eval.Scale{Tools: tools, Archive: c.Archive, Broadcasts: c.Broadcasts, Truth: c.Truth, Hours: c.Hours, Work: work,
		Memory: c.Memory << 20, Seed: c.Seed, Sample: c.Sample}
	return s.Run(ctx, out)
}
