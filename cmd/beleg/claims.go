package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"beleg/claim"
	"beleg/internal/store"
)

type claimsCmd struct {
	Source string `help:"${help_claims_source}" placeholder:"WORDS"`
	Kind   string `help:"${help_claims_kind}" enum:",statement,order,denial,finding,count,plan" default:"" placeholder:"KIND"`
	Place  string `help:"${help_claims_place}" placeholder:"WORDS"`
	From   string `help:"${help_claims_from}" placeholder:"DATE"`
	To     string `help:"${help_claims_to}" placeholder:"DATE"`
	Figure string `help:"${help_claims_figure}" placeholder:"RANGE"`
	State  string `help:"${help_claims_state}" enum:",suggested,confirmed,refused" default:"" placeholder:"STATE"`
	Item   string `help:"${help_claims_item}" placeholder:"ID"`
	Text   string `help:"${help_claims_text}" placeholder:"WORDS"`
	JSON   bool   `name:"json" xor:"form" help:"${help_json}"`
	CSV    bool   `name:"csv" xor:"form" help:"${help_read_csv}"`
}

// Run lists the claims of the texts that were taken in.
func (c *claimsCmd) Run(ctx context.Context, a *app) (err error) {
	filter, err := c.filter(a)
	if err != nil {
		return err
	}
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if c.Item != "" {
		if filter.Item, err = folder.Catalogue.Find(ctx, c.Item); err != nil {
			return err
		}
	}
	if c.CSV {
		if err := a.claimCSV(append([]string{"item", "state", "outlet", "published"}, claimColumns...)); err != nil {
			return err
		}
	}
	var list []store.StoredClaim
	for s, err := range folder.Catalogue.Claims(ctx, filter) {
		if err != nil {
			return err
		}
		switch {
		case c.JSON:
			err = a.json(s)
		case c.CSV:
			err = a.claimCSV(append([]string{cell(s.Name), s.State, cell(s.Outlet), s.Published}, claimCells(s.Line)...))
		default:
			list = append(list, s)
		}
		if err != nil {
			return err
		}
	}
	if c.JSON || c.CSV {
		return nil
	}
	return a.claimList(list)
}

// claimList prints claims for people, those of each text under its name.
func (a *app) claimList(list []store.StoredClaim) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(a.out, a.Say("claims.none"))
		return err
	}
	lines := make([]claim.Line, len(list))
	for i, s := range list {
		lines[i] = s.Line
	}
	out := bufio.NewWriter(a.out)
	t := a.claimTable(out, lines)
	t.heading()
	for i, s := range list {
		if i == 0 || s.Doc != list[i-1].Doc {
			a.claimItem(t, s)
		}
		t.claim(s.Line)
	}
	t.conflicts(lines)
	return out.Flush()
}

// claimItem prints which text the claims below are of.
func (a *app) claimItem(t *claimTable, s store.StoredClaim) {
	about := []string{s.Doc[:12], visibleText(s.Name)}
	if s.Outlet != "" {
		about = append(about, visibleText(s.Outlet))
	}
	if s.Published != "" {
		about = append(about, day(s.Published))
	}
	fmt.Fprintln(t.out)
	for _, line := range wrap(strings.Join(about, " · "), t.width) {
		fmt.Fprintln(t.out, a.bold(line))
	}
}

func (c *claimsCmd) filter(a *app) (f store.ClaimFilter, err error) {
	f = store.ClaimFilter{State: c.State, Kind: c.Kind, Source: c.Source, Place: c.Place, Text: c.Text, From: c.From, To: c.To}
	for _, day := range []string{c.From, c.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return f, usageError{a.Say("error.day", day)}
		}
	}
	if c.Figure != "" {
		f.Figure, err = figureRange(c.Figure)
		if err != nil {
			return f, usageError{a.Say("error.figure", c.Figure)}
		}
	}
	return f, nil
}

var rangeForm = regexp.MustCompile(`^\s*(>=|<=|=|>|<|)\s*(\d+(?:\.\d+)?)(?:\s*(?:\.\.|-|–)\s*(\d+(?:\.\d+)?))?\s*(\pL[\pL ]*)?\s*$`)

var errRange = errors.New("no range")

// figureRange reads ">=100", "100..200", "=20 ships".
func figureRange(s string) (*store.Range, error) {
	m := rangeForm.FindStringSubmatch(s)
	if m == nil || m[1] != "" && m[3] != "" {
		return nil, errRange
	}
	v, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return nil, err
	}
	r := &store.Range{Low: v, High: v, Unit: strings.TrimSpace(m[4])}
	switch m[1] {
	case ">=":
		r.High = math.MaxFloat64
	case ">":
		r.Low, r.High = math.Nextafter(v, math.MaxFloat64), math.MaxFloat64
	case "<=":
		r.Low = 0
	case "<":
		r.Low, r.High = 0, math.Nextafter(v, 0)
	}
	if m[3] != "" {
		if r.High, err = strconv.ParseFloat(m[3], 64); err != nil || r.High < r.Low {
			return nil, errRange
		}
	}
	return r, nil
}
