package main

import (
	"io"
	"os"

	"beleg/internal/eval"
)

type borderCommand struct {
	Width  int `required:"" help:"Width of the frames in pixels."`
	Height int `required:"" help:"Height of the frames in pixels."`
}

func (c *borderCommand) Run(out io.Writer) error {
	return eval.Border(out, os.Stdin, c.Width, c.Height)
}
