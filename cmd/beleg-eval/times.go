package main

import (
	"fmt"
	"io"
	"os"

	"beleg/internal/eval"
)

type timesCommand struct {
	Gold   string `required:"" help:"Corpus in the krauts form, one document a line." type:"existingfile" placeholder:"FILE"`
	Errors bool   `help:"List misses, false ones and wrong values too."`
}

func (c *timesCommand) Run(out io.Writer) error {
	f, err := os.Open(c.Gold)
	if err != nil {
		return err
	}
	defer f.Close()
	score, err := eval.ScoreTimes(f)
	if err != nil {
		return err
	}
	score.Print(out)
	if c.Errors {
		for _, e := range score.Errors {
			fmt.Fprintln(out, e)
		}
	}
	return nil
}
