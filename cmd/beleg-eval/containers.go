package main

import (
	"context"
	"io"

	"beleg/internal/eval"
	"beleg/video"
)

type containersCommand struct{}

// Run writes a film with each muxer of this ffmpeg and prints what Beleg makes of it.
func (containersCommand) Run(ctx context.Context, out io.Writer) error {
	tools, err := video.Locate(ctx, video.Options{})
	if err != nil {
		return err
	}
	defer tools.Close()
	list, err := eval.Containers(ctx, tools)
	if err != nil {
		return err
	}
	eval.WriteContainers(out, list)
	return nil
}
