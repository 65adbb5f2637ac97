package eval

import (
	"bytes"
	"strings"
	"testing"

	"beleg/index"
)

func TestKernelPrintsEveryKernel(t *testing.T) {
	var out bytes.Buffer
	r, err := Kernel(t.Context(), &out, KernelOptions{Codes: 5000, Queries: 3, Radius: 31})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(r.Single), len(index.Kernels()); got != want {
		t.Errorf("%d kernels measured, want %d", got, want)
	}
	for _, k := range index.Kernels() {
		if !strings.Contains(out.String(), k.Name) {
			t.Errorf("kernel %s is not in the table:\n%s", k.Name, &out)
		}
	}
	if !strings.Contains(out.String(), "3 hits") {
		t.Errorf("the planted codes were not found:\n%s", &out)
	}
}

func TestKernelAgreesWithFaiss(t *testing.T) {
	opt := KernelOptions{Codes: 5000, Queries: 3, Radius: 31, Python: FindFaiss(t.Context())}
	if opt.Python == "" {
		t.Log("no python3 with faiss here: the comparison was not run")
		return
	}
	if _, err := Kernel(t.Context(), new(bytes.Buffer), opt); err != nil {
		t.Error(err)
	}
}

func TestKernelSaysWhatFailed(t *testing.T) {
	opt := KernelOptions{Codes: 100, Queries: 1, Radius: 1, Python: "false"}
	if _, err := Kernel(t.Context(), new(bytes.Buffer), opt); err == nil || !strings.Contains(err.Error(), "faiss") {
		t.Errorf("Kernel = %v, want an error about faiss", err)
	}
}
