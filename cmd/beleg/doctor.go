package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"beleg/custody"
	"beleg/internal/words"
	"beleg/video"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"${help_json}"`
}

// health is what doctor found.
type health struct {
	Program  build         `json:"program"`
	Data     string        `json:"data"`     // the data folder
	State    string        `json:"state"`    // of it: ready, absent, or what is wrong
	Key      string        `json:"key"`      // file of the signing key
	Decoder  *video.Report `json:"decoder"`  // absent when there is no ffmpeg
	Problems []string      `json:"problems"` // in the language asked for
}

// Run says which tools and which layers of confinement this machine offers.
func (c *doctorCmd) Run(ctx context.Context, a *app) error {
	h := health{Program: thisBuild(), Problems: []string{}}
	var err error
	if h.Data, err = a.dataDir(); err != nil {
		return err
	}
	if h.Key, err = custody.DefaultKeyFile(); err != nil {
		h.Problems = append(h.Problems, a.explain(err))
	}
	h.state(ctx, a)
	if err := h.decoder(ctx, a); err != nil {
		return err
	}
	if c.JSON {
		err = a.json(h)
	} else {
		err = a.health(h)
	}
	if len(h.Problems) > 0 {
		return errors.Join(err, errWanting)
	}
	return err
}

func (h *health) state(ctx context.Context, a *app) {
	archive, err := custody.OpenReadOnly(ctx, h.Data)
	switch {
	case errors.Is(err, custody.ErrNoArchive):
		h.State = "absent"
	case err != nil:
		h.State = words.Plain(err.Error())
		h.Problems = append(h.Problems, a.explain(err))
	default:
		h.State = "ready"
		archive.Close()
	}
}

func (h *health) decoder(ctx context.Context, a *app) error {
	tools, err := a.locate(ctx)
	if err != nil {
		h.Problems = append(h.Problems, a.explain(err))
		return nil
	}
	defer tools.Close()
	r, err := tools.Doctor(ctx)
	if err != nil {
		return err
	}
	h.Decoder = &r
	h.Problems = append(h.Problems, r.Problems...)
	return nil
}

func (a *app) health(h health) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s %s %s\n", a.Say("doctor.program"), h.Program, h.Program.Go, h.Program.System)
	fmt.Fprintf(w, "%s\t%s (%s)\n", a.Say("doctor.data"), h.Data, a.Maybe("doctor.state.", h.State))
	fmt.Fprintf(w, "%s\t%s\n", a.Say("doctor.key"), h.Key)
	if d := h.Decoder; d != nil {
		fmt.Fprintf(w, "ffmpeg\t%s %s\n", d.FFmpeg, d.Version)
		for _, l := range d.Layers {
			fmt.Fprintf(w, "%s\t%s\t%s\n", l.Layer, a.mark(l.Holds), printable(l.Detail))
		}
		for _, dec := range d.Decoders {
			fmt.Fprintf(w, "%s\t%s\t%s\n", dec.Name, a.mark(dec.Codec != ""), dec.Codec)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range h.Problems {
		fmt.Fprintln(a.err, "beleg: "+printable(p))
	}
	return nil
}

func (a *app) mark(ok bool) string {
	if ok {
		return a.Say("doctor.holds")
	}
	return a.Say("doctor.lacks")
}
