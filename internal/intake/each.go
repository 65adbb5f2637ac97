package intake

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// each calls do for every element of list, workers at a time, until one returns an error.
func each[T any](ctx context.Context, workers int, list []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(workers, 1))
	for _, v := range list {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, v)
		})
	}
	return group.Wait()
}
