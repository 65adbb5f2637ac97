package main

import (
	"context"
	"errors"
	"io"

	"beleg/internal/eval"
)

type kernelCommand struct {
	Codes   int    `default:"10000000" help:"Random codes to search, 32 bytes each."`
	Queries int    `default:"32" help:"Queries searched together."`
	Radius  int    `default:"31" help:"Bits in which a hit may differ."`
	Python  string `help:"Python interpreter that has faiss; found among the usual ones if not given." placeholder:"PATH"`
}

func (c *kernelCommand) Run(ctx context.Context, out io.Writer) error {
	if c.Codes < 8 || c.Codes%8 != 0 || c.Queries < 1 || c.Radius < 0 || c.Radius > 256 {
		return errors.New("kernel: want a multiple of 8 codes, at least one query, and a radius of 0 to 256 bits")
	}
	if c.Python == "" {
		c.Python = eval.FindFaiss(ctx)
	}
	_, err := eval.Kernel(ctx, out, eval.KernelOptions{Codes: c.Codes, Queries: c.Queries, Radius: c.Radius, Python: c.Python})
	return err
}
