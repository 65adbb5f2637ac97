package video

import (
	"encoding/base64"
	"os"
	"time"
)

// confinedEnv marks the environment of confined workers. A program that finds it and is not one
// was started again by mistake.
const confinedEnv = "BELEG_CONFINED"

// job is one program to run over one file.
type job struct {
	Program  raw      // absolute path
	Args     []raw    // without the program's name
	Input    raw      // the one file it may read
	Scratch  raw      // the one folder it may write to; empty: none
	ReadOnly []string // folders it may read and run programs from, beside the system's libraries
	Limits   Limits
	files    []*os.File // its descriptors from 0
}

// exit is how a child ended.
type exit struct {
	Code   int
	Signal string        // that ended it; empty: none
	CPU    time.Duration // user and system
}

// child is a running job.
type child interface {
	kill()      // at once, with all it started; harmless when it has ended
	wait() exit // call once
}

// raw is a string that keeps its bytes on the way through JSON, UTF-8 or not: a file's name need not be.
type raw string

func (r raw) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, []byte(r)), nil
}

func (r *raw) UnmarshalText(b []byte) error {
	s, err := base64.StdEncoding.AppendDecode(nil, b)
	*r = raw(s)
	return err
}

func raws(list []string) []raw {
	out := make([]raw, len(list))
	for i, s := range list {
		out[i] = raw(s)
	}
	return out
}

func texts(list []raw) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}
