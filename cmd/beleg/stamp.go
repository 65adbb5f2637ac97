package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"beleg/custody"
	"beleg/internal/intake"
)

type stampCmd struct {
	URL   []string `arg:"" optional:"" name:"url" help:"${help_stamp_url}" placeholder:"URL"`
	Roots string   `help:"${help_stamp_roots}" placeholder:"FILE" type:"existingfile"`
	Keep  bool     `help:"${help_stamp_keep}"`
	JSON  bool     `name:"json" help:"${help_json}"`
	person
}

// stampPatience is how long an authority may take to answer.
const stampPatience = 30 * time.Second

// Run has authorities vouch for the time of everything that is in the log now.
func (c *stampCmd) Run(ctx context.Context, a *app) (err error) {
	who, err := c.name(a)
	if err != nil {
		return err
	}
	list, err := c.authorities()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return usageError{a.Say("stamp.none")}
	}
	folder, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	failed := a.stampAll(ctx, folder, who, list, func(s custody.Stamped) error {
		if c.JSON {
			return a.json(s)
		}
		return a.tellStamp(s)
	})
	if failed > 0 {
		return errWanting
	}
	return nil
}

// authorities are those that were named, or else those that are configured.
func (c *stampCmd) authorities() (list []intake.Authority, err error) {
	key, err := custody.DefaultKeyFile()
	if err != nil {
		return nil, err
	}
	if len(c.URL) == 0 {
		return intake.Authorities(key)
	}
	for _, u := range c.URL {
		one := intake.Authority{URL: u, Roots: c.Roots}
		if err := one.Check(); err != nil {
			return nil, err
		}
		if c.Keep {
			if err := intake.AddAuthority(key, one); err != nil {
				return nil, err
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// stampAll asks each authority, tells of each answer, and returns how many failed.
func (a *app) stampAll(ctx context.Context, folder *intake.Folder, who string, list []intake.Authority, tell func(custody.Stamped) error) (failed int) {
	client := &http.Client{Timeout: stampPatience}
	for _, authority := range list {
		s, err := folder.Stamp(ctx, client, who, authority)
		if err == nil {
			err = tell(s)
		}
		if err != nil {
			failed++
			a.warn("stamp.failed", printable(authority.URL), a.explain(err))
		}
	}
	return failed
}

func (a *app) tellStamp(s custody.Stamped) error {
	_, err := fmt.Fprintln(a.out, a.Say("stamp.done", s.Size, s.Time.Format("2006-01-02T15:04:05Z"), printable(s.Authority)))
	if err == nil && s.Known {
		_, err = fmt.Fprintln(a.out, a.Say("stamp.known", printable(s.Ends)))
	} else if err == nil {
		_, err = fmt.Fprintln(a.out, a.Say("stamp.unknown"))
	}
	return err
}

// stampAfter stamps after an intake, where authorities are configured. What is offline now is covered by the next stamp: its
// checkpoint stands above this one.
func (a *app) stampAfter(ctx context.Context, folder *intake.Folder, who string) error {
	key, err := custody.DefaultKeyFile()
	if err != nil {
		return err
	}
	list, err := intake.Authorities(key)
	if err != nil || len(list) == 0 {
		return err
	}
	a.stampAll(ctx, folder, who, list, func(s custody.Stamped) error {
		a.warn("stamp.after", s.Size, s.Time.Format("2006-01-02T15:04:05Z"), printable(s.Authority))
		return nil
	})
	return nil
}
