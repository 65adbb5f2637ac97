package main

import (
	"fmt"
	"io"

	"beleg/internal/eval"
)

type familiesCommand struct {
	Footage  string `arg:"" help:"Folder of clips and photographs with MANIFEST.tsv."`
	Families string `arg:"" help:"Table of photographs that are versions of one picture: file, family."`
	Out      string `arg:"" help:"Folder to make; the benchmark's generator takes it in place of the footage folder."`
}

func (c familiesCommand) Run(stdout io.Writer) error {
	grouped, dropped, err := eval.Families(c.Footage, c.Families, c.Out)
	if err == nil {
		fmt.Fprintf(stdout, "%d photographs share groups, %d hosts with relatives in the archive are left out\n", grouped, dropped)
	}
	return err
}
