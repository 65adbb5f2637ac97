package main

import (
	"context"
	"io"

	"beleg/internal/eval"
	"beleg/video"
)

type oddsCommand struct {
	Sets  []string `arg:"" type:"existingdir" help:"Folders of development sets, each with archive, broadcasts and truth.csv."`
	Ridge float64  `default:"0.1" help:"By how much coefficients are held towards 0."`
}

// Run fits the regression and prints it.
func (c *oddsCommand) Run(ctx context.Context, out io.Writer) error {
	tools, err := video.Locate(ctx, video.Options{})
	if err != nil {
		return err
	}
	defer tools.Close()
	return eval.Odds{Tools: tools, Sets: c.Sets, Ridge: c.Ridge}.Run(ctx, out)
}
