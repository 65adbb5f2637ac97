package eval

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"beleg/fingerprint"
	"beleg/luma"
)

// Border reads raw grey frames of width by height bytes from in, and prints the border of the whole
// run, then how often each border was found on a single frame.
func Border(w io.Writer, in io.Reader, width, height int) error {
	p := luma.New(width, height)
	if err := p.Check(); err != nil {
		return err
	}
	var run fingerprint.BorderRun
	single, frames := map[string]int{}, 0
	for r := bufio.NewReader(in); ; frames++ {
		_, err := io.ReadFull(r, p.Pix)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read frame %d: %w", frames, err)
		}
		run.Add(p)
		single[fingerprint.Borders(p).String()]++
	}
	if frames == 0 {
		return errors.New("no frames")
	}
	b := run.Border()
	fmt.Fprintf(w, "run of %d frames: %s; off left %d, top %d, right %d, bottom %d pixels\n", frames, b, b.Left, b.Top, b.Right, b.Bottom)
	var names []string
	for s := range single {
		names = append(names, s)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(single[b], single[a]), cmp.Compare(a, b))
	})
	for _, s := range names {
		if _, err := fmt.Fprintf(w, "%6d single frames: %s\n", single[s], s); err != nil {
			return err
		}
	}
	return nil
}
