//go:build !linux

package eval

import (
	"errors"
	"os"
	"time"
)

var start = time.Now()

// cpuTime is the time by the clock: no better measure here.
func cpuTime() time.Duration { return time.Since(start) }

func dropCache(string) error {
	return errors.New("drop a file from the system's cache: only Linux does so on request")
}

func resetPeak() {}

func resident() (own, peak int64) { return 0, 0 }

// peakOf is not known here.
func peakOf(*os.ProcessState) int64 { return 0 }
