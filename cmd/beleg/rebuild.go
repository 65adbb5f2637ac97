package main

import (
	"context"
	"errors"
	"fmt"

	"beleg/custody"
	"beleg/internal/intake"
)

type rebuildCmd struct{}

// Run deletes the catalogue and makes it again from the records.
func (c *rebuildCmd) Run(ctx context.Context, a *app) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	folder, err := intake.Rebuild(ctx, dir, custody.Options{Now: a.clock})
	if err != nil {
		return err
	}
	items := 0
	for _, err := range folder.Catalogue.Items(ctx, "", "") {
		if err != nil {
			return errors.Join(err, folder.Close())
		}
		items++
	}
	records, err := folder.Archive.Len()
	if err != nil {
		return errors.Join(err, folder.Close())
	}
	fmt.Fprintln(a.out, a.Say("rebuild.done", records, items))
	return folder.Close()
}
