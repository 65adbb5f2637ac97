package main

import (
	"context"
	"io"

	"beleg/internal/eval"
)

type pagesCommand struct{}

// Run reads the generated pages and prints what came of each.
func (pagesCommand) Run(ctx context.Context, out io.Writer) error {
	list, err := eval.ScorePages(ctx)
	if err != nil {
		return err
	}
	eval.WritePages(out, list)
	return nil
}
