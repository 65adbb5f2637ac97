package index

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"beleg/fingerprint"
)

func randomCode(r *rand.Rand) fingerprint.Code {
	return fingerprint.Code{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
}

// near returns c with n different bits flipped.
func near(r *rand.Rand, c fingerprint.Code, n int) fingerprint.Code {
	for _, k := range r.Perm(256)[:n] {
		c[k/64] ^= 1 << (k % 64)
	}
	return c
}

func TestKernelsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 3, 63, 64, 65, 500} {
		q, codes := randomCode(r), make([]fingerprint.Code, n*blockCodes)
		for i := range codes {
			codes[i] = near(r, q, r.IntN(257))
		}
		blocks := Blocks(codes)
		for _, radius := range []int{0, 1, 31, 127, 128, 255, 256} {
			want := make([]byte, n)
			for i, c := range codes {
				if c.Distance(q) <= radius {
					want[i/blockCodes] |= 1 << (i % blockCodes)
				}
			}
			for _, k := range Kernels() {
				got := bytes.Repeat([]byte{0xa5}, n)
				k.Scan(blocks, &q, radius, got)
				if !bytes.Equal(got, want) {
					t.Errorf("%s over %d blocks, radius %d = %x, want %x", k.Name, n, radius, got, want)
				}
			}
		}
	}
}

func TestKernelsReadNoFurther(t *testing.T) {
	blocks, q := make([]byte, 4*blockSize), fingerprint.Code{}
	for _, k := range Kernels() {
		masks := []byte{7, 7, 7, 7}
		k.Scan(blocks[:2*blockSize], &q, 0, masks[:2])
		if want := []byte{255, 255, 7, 7}; !bytes.Equal(masks, want) {
			t.Errorf("%s = %x, want %x", k.Name, masks, want)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s over too few blocks did not panic", k.Name)
				}
			}()
			k.Scan(blocks[:blockSize], &q, 0, masks)
		}()
	}
}

func TestBlockLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	codes := make([]fingerprint.Code, 19)
	for i := range codes {
		codes[i] = randomCode(r)
	}
	b := Blocks(codes)
	if got, want := len(b), 3*blockSize; got != want {
		t.Fatalf("%d bytes, want %d", got, want)
	}
	for i, c := range codes {
		if got := codeAt(b, i); got != c {
			t.Errorf("code %d = %s, want %s", i, got, c)
		}
	}
	if got := b[blockSize+2*64+8*3]; got != byte(codes[11][2]) {
		t.Errorf("lowest byte of word 2 of code 11 = %d, want %d", got, byte(codes[11][2]))
	}
}

// TestAssemblyIsGenerated fails when kernel_amd64.s was changed by hand or its generator was not run.
func TestAssemblyIsGenerated(t *testing.T) {
	dir := t.TempDir()
	asm, stubs := filepath.Join(dir, "kernel_amd64.s"), filepath.Join(dir, "kernel_amd64.go")
	cmd := exec.Command("go", "run", "./kernelgen", "-out", asm, "-stubs", stubs, "-pkg", "index")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("run the generator: %v\n%s", err, out)
	}
	for _, path := range []string{asm, stubs} {
		if got, want := body(t, path), body(t, filepath.Base(path)); !bytes.Equal(got, want) {
			t.Errorf("%s differs from what the generator writes; run go generate ./index", filepath.Base(path))
		}
	}
}

// body returns the file without its first line, which repeats the generator's arguments.
func body(t *testing.T, path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(b, []byte("\n"))
	return rest
}

func TestVectorKernelsWhereTheyShouldBe(t *testing.T) {
	all := Kernels()
	if all[len(all)-1].Name != "plain" {
		t.Errorf("last kernel = %s, want plain", all[len(all)-1].Name)
	}
	if runtime.GOARCH != "amd64" && len(all) != 1 {
		t.Errorf("%d kernels on %s, want the plain one", len(all), runtime.GOARCH)
	}
}

func BenchmarkKernel(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	codes := make([]fingerprint.Code, 16384)
	for i := range codes {
		codes[i] = randomCode(r)
	}
	blocks, masks := Blocks(codes), make([]byte, blocksFor(len(codes)))
	for _, k := range Kernels() {
		b.Run(k.Name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				k.Scan(blocks, &codes[0], 31, masks)
				n += len(codes)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mcodes/s")
		})
	}
}
