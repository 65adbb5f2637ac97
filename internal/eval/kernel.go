package eval

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"beleg/fingerprint"
	"beleg/index"
)

// KernelOptions says what Kernel measures.
type KernelOptions struct {
	Codes   int    // random codes in the index, a multiple of 8
	Queries int    // queries searched together
	Radius  int    // bits
	Python  string // interpreter that has faiss; "" leaves that comparison out
}

// KernelRates are the numbers that Kernel prints, in million pairs (query and code) per second, on one thread.
type KernelRates struct {
	Single, Batched []Rate // one query after the other; all queries over each tile
	Faiss           *FaissRates
}

// Rate is the speed of one kernel.
type Rate struct {
	Name  string
	Pairs float64 // million per second
}

// FaissRates are the speeds of FAISS IndexBinaryFlat on the same codes on one thread, in million pairs per second.
type FaissRates struct {
	Version       string  `json:"version"`
	SearchOne     float64 `json:"search_one"`     // nearest code, one query
	SearchBatched float64 `json:"search_batched"` // nearest code, all queries
	RangeOne      float64 `json:"range_one"`      // all within the radius, one query
	RangeBatched  float64 `json:"range_batched"`  // all within the radius, all queries
	Hits          int     `json:"hits"`           // of all queries within the radius
}

// best returns the fastest of the four ways.
func (f FaissRates) best() float64 {
	return max(f.SearchOne, f.SearchBatched, f.RangeOne, f.RangeBatched)
}

// Kernel searches random codes with every kernel of this machine and, when opt.Python has faiss, with
// FAISS in the same run, and prints a table to w. All must find the same number of hits.
func Kernel(ctx context.Context, w io.Writer, opt KernelOptions) (KernelRates, error) {
	codes, queries := plantedCodes(opt)
	blocks := index.Blocks(codes)
	var rates KernelRates
	hits := -1
	for _, k := range index.Kernels() {
		single, n := scanRate(k, blocks, queries, opt.Radius, 1)
		batched, m := scanRate(k, blocks, queries, opt.Radius, len(queries))
		if hits >= 0 && hits != n || n != m {
			return rates, fmt.Errorf("kernel %s finds %d and %d hits, want %d", k.Name, n, m, hits)
		}
		hits = n
		rates.Single, rates.Batched = append(rates.Single, single), append(rates.Batched, batched)
		if err := ctx.Err(); err != nil {
			return rates, err
		}
	}
	if opt.Python != "" {
		f, err := faissRates(ctx, opt, codes, queries)
		if err != nil {
			return rates, err
		}
		if f.Hits != hits {
			return rates, fmt.Errorf("faiss finds %d hits, the kernels %d", f.Hits, hits)
		}
		rates.Faiss = &f
	}
	return rates, rates.print(w, opt, hits)
}

// tileBytes is the size of the tiles in which queries are batched: that of package index.
const tileBytes = 2048 * 256

// plantedCodes returns random codes, always the same, and queries that each have one code within
// the radius planted.
func plantedCodes(opt KernelOptions) (codes, queries []fingerprint.Code) {
	r := rand.New(rand.NewPCG(20, 26))
	random := func() fingerprint.Code {
		return fingerprint.Code{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
	}
	codes = make([]fingerprint.Code, opt.Codes)
	for i := range codes {
		codes[i] = random()
	}
	queries = make([]fingerprint.Code, opt.Queries)
	for i := range queries {
		queries[i] = random()
		planted := queries[i]
		for _, bit := range r.Perm(256)[:min(opt.Radius, 20)] {
			planted[bit/64] ^= 1 << (bit % 64)
		}
		codes[r.IntN(len(codes))] = planted
	}
	return codes, queries
}

// scanRate runs the queries over the blocks tile by tile, together queries at a time, and returns the
// best of three rounds and the number of hits of one.
func scanRate(k index.Kernel, blocks []byte, queries []fingerprint.Code, radius, together int) (Rate, int) {
	masks := make([]byte, tileBytes/256)
	best, hits := time.Duration(1<<62), 0
	for range 3 {
		hits = 0
		start := time.Now()
		for batch := range slices.Chunk(queries, together) {
			for from := 0; from < len(blocks); from += tileBytes {
				tile := blocks[from:min(from+tileBytes, len(blocks))]
				for i := range batch {
					m := masks[:len(tile)/256]
					k.Scan(tile, &batch[i], radius, m)
					hits += ones(m)
				}
			}
		}
		best = min(best, time.Since(start))
	}
	pairs := float64(len(blocks)/32) * float64(len(queries))
	return Rate{k.Name, pairs / best.Seconds() / 1e6}, hits
}

// ones returns the number of set bits.
func ones(masks []byte) (n int) {
	for _, m := range masks {
		if m != 0 {
			n += bits.OnesCount8(m)
		}
	}
	return n
}

//go:embed faiss.py
var faissScript string

// faissRates runs FAISS on the same codes. Rows are the four words of a code, little-endian.
func faissRates(ctx context.Context, opt KernelOptions, codes, queries []fingerprint.Code) (FaissRates, error) {
	dir, err := os.MkdirTemp("", "beleg-kernel-")
	if err != nil {
		return FaissRates{}, err
	}
	defer os.RemoveAll(dir)
	for name, list := range map[string][]fingerprint.Code{"codes": codes, "queries": queries} {
		b := make([]byte, 0, 32*len(list))
		for _, c := range list {
			for _, v := range c {
				b = binary.LittleEndian.AppendUint64(b, v)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return FaissRates{}, err
		}
	}
	cmd := exec.CommandContext(ctx, opt.Python, "-c", faissScript, dir, fmt.Sprint(opt.Radius))
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return FaissRates{}, fmt.Errorf("run faiss with %s: %w: %s", opt.Python, err, bytes.TrimSpace(stderr.Bytes()))
	}
	var f FaissRates
	if err := json.Unmarshal(out, &f); err != nil {
		return FaissRates{}, fmt.Errorf("read what faiss measured: %w", err)
	}
	return f, nil
}

func (r KernelRates) print(w io.Writer, opt KernelOptions, hits int) error {
	fmt.Fprintf(w, "%d codes, %d queries, radius %d: %d hits; one thread, %s/%s, best of three rounds\n\n",
		opt.Codes, opt.Queries, opt.Radius, hits, runtime.GOOS, runtime.GOARCH)
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "kernel\tone by one, M codes/s\ttimes plain\tbatched, M codes/s\ttimes plain\t")
	plain := len(r.Single) - 1
	for i, s := range r.Single {
		b := r.Batched[i]
		fmt.Fprintf(t, "%s\t%.0f\t%.1f\t%.0f\t%.1f\t\n", s.Name, s.Pairs, s.Pairs/r.Single[plain].Pairs, b.Pairs, b.Pairs/r.Batched[plain].Pairs)
	}
	if f := r.Faiss; f != nil {
		fmt.Fprintf(t, "faiss %s range_search\t%.0f\t\t%.0f\t\t\n", f.Version, f.RangeOne, f.RangeBatched)
		fmt.Fprintf(t, "faiss %s search k=1\t%.0f\t\t%.0f\t\t\n", f.Version, f.SearchOne, f.SearchBatched)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if r.Faiss == nil {
		_, err := fmt.Fprintln(w, "\nfaiss not measured")
		return err
	}
	one := max(r.Faiss.RangeOne, r.Faiss.SearchOne)
	_, err := fmt.Fprintf(w, "\n%s over faiss flat, its faster way: %.1f times one by one, %.1f times batched against its best\n",
		r.Single[0].Name, r.Single[0].Pairs/one, r.Batched[0].Pairs/r.Faiss.best())
	return err
}

// FindFaiss returns the first Python interpreter among the usual ones that can import faiss, or "".
func FindFaiss(ctx context.Context) string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(ctx, python, "-c", "import faiss").Run() == nil {
			return python
		}
	}
	return ""
}
