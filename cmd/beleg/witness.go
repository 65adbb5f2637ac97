package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"beleg/custody"
)

type witnessCmd struct {
	File string `arg:"" optional:"" help:"${help_witness_file}" placeholder:"FILE" type:"existingfile"`
	Key  string `help:"${help_witness_key}" placeholder:"KEY"`
	Out  string `help:"${help_witness_out}" placeholder:"FILE"`
}

// Run signs a partner's checkpoint, if it goes on from what was seen of that log; without a file it prints the key to check us by.
func (c *witnessCmd) Run(_ context.Context, a *app) error {
	file, err := custody.DefaultKeyFile()
	if err != nil {
		return err
	}
	w, err := custody.OpenWitness(file, custody.Options{Random: rand.Reader})
	if err != nil {
		return err
	}
	if c.File == "" {
		_, err := fmt.Fprintln(a.out, w.Key())
		return err
	}
	request, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	signed, err := w.Sign(request, c.Key)
	if err != nil {
		return fmt.Errorf("witness %s: %w", c.File, err)
	}
	if c.Out == "" {
		_, err := a.out.Write(signed.Note)
		return err
	}
	if err := os.WriteFile(c.Out, signed.Note, 0o644); err != nil {
		return errors.Join(err, os.Remove(c.Out))
	}
	_, err = fmt.Fprintln(a.out, a.Say("witness.done", signed.Size, printable(signed.Origin), printable(c.Out)))
	return err
}
