package main

import (
	"context"
	"errors"
	"fmt"

	"beleg/custody"
	"beleg/internal/intake"
)

type repairCmd struct {
	person
	From   string `help:"${help_repair_from}" placeholder:"DIR" type:"existingdir"`
	Accept bool   `name:"accept-loss" help:"${help_repair_accept}"`
	JSON   bool   `name:"json" help:"${help_json}"`
}

// Run makes good what beleg verify finds, as far as that can be done, and names the rest.
func (c *repairCmd) Run(ctx context.Context, a *app) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	o := custody.RepairOptions{Backup: c.From, Accept: c.Accept}
	if o.Actor, err = c.name(a); err != nil {
		return err
	}
	if o.KeyFile, err = custody.DefaultKeyFile(); err != nil {
		return err
	}
	r, err := intake.Repair(ctx, dir, o)
	if err != nil {
		return err
	}
	if c.JSON {
		err = a.json(r)
	} else {
		err = c.report(a, r)
	}
	if len(r.Lost) > 0 {
		return errors.Join(err, errWanting)
	}
	return err
}

func (c *repairCmd) report(a *app, r custody.Repaired) error {
	for _, path := range r.Restored {
		fmt.Fprintln(a.out, a.Say("repair.restored", printable(path)))
	}
	for _, f := range r.Lost {
		fmt.Fprintf(a.err, "beleg: %s\n", a.red(printable(f.String())))
	}
	if r.Logged {
		fmt.Fprintln(a.out, a.Say("repair.logged"))
	}
	var err error
	switch {
	case len(r.Lost) > 0:
		_, err = fmt.Fprintln(a.out, a.red(a.Count("count.fault", len(r.Lost))+" - "+a.Say("repair.left")))
	case len(r.Restored) == 0 && !r.Logged:
		_, err = fmt.Fprintln(a.out, a.green(a.Say("repair.nothing")))
	default:
		_, err = fmt.Fprintln(a.out, a.green(a.Say("repair.done")))
	}
	return err
}
