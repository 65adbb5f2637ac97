package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Layer is one kind of confinement.
type Layer string

const (
	Landlock      Layer = "landlock"       // no file but the input and the libraries
	LandlockNet   Layer = "landlock-net"   // no TCP, by Landlock
	Seccomp       Layer = "seccomp"        // no sockets, no mounts, no debugging of others, ...
	Rlimits       Layer = "rlimits"        // memory, processor time, size of files
	UserNamespace Layer = "user-namespace" // no rights even if we are root
	NetNamespace  Layer = "net-namespace"  // a network without a single link
	PidNamespace  Layer = "pid-namespace"  // sees and outlives nothing
	IPCNamespace  Layer = "ipc-namespace"  // no shared memory with others
)

// LayerState says whether a layer holds; it was tried, not looked up.
type LayerState struct {
	Layer  Layer
	Holds  bool
	Detail string // why not, or how far
}

// Layers are all layers in a fixed order.
type Layers []LayerState

// Holds reports whether layer l holds.
func (ls Layers) Holds(l Layer) bool {
	return slices.ContainsFunc(ls, func(s LayerState) bool { return s.Layer == l && s.Holds })
}

// ErrConfinement reports that a required layer of confinement does not hold here.
var ErrConfinement = errors.New("video: confinement")

// require names the layers that are required and missing.
func (ls Layers) require(want []Layer) error {
	var missing []string
	for _, l := range want {
		if !ls.Holds(l) {
			missing = append(missing, string(l))
		}
	}
	if missing != nil {
		return fmt.Errorf("%w: required but not held here: %s", ErrConfinement, strings.Join(missing, ", "))
	}
	return nil
}

// The two kinds of worker.
const (
	runWorker   = "run"   // starts ffmpeg, one job at a time
	photoWorker = "photo" // decodes stills itself
)

// message is what parent and worker say to each other, as JSON.
type message struct {
	Hello  *hello      `json:",omitempty"`
	Run    *job        `json:",omitempty"`
	Photo  *photoJob   `json:",omitempty"`
	Kill   bool        `json:",omitempty"`
	Begun  bool        `json:",omitempty"`
	Exit   *exit       `json:",omitempty"`
	Result *photoReply `json:",omitempty"`
	Error  string      `json:",omitempty"`
}

// hello is a worker's first message.
type hello struct {
	Layers     Layers
	Namespaces map[string]string // kind to identity, as the kernel names them
}

const maxMessage = 1 << 17

func (m message) encode() ([]byte, error) {
	b, err := json.Marshal(m)
	if err == nil && len(b) > maxMessage {
		err = errors.New("message too long")
	}
	return b, err
}

// acquire takes an idle worker of the kind, or starts one.
func (t *Tools) acquire(kind string) (*worker, error) {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil, errors.New("video: tools are closed")
	}
	if n := len(t.idle[kind]); n > 0 {
		w := t.idle[kind][n-1]
		t.idle[kind] = t.idle[kind][:n-1]
		t.mu.Unlock()
		return w, nil
	}
	t.mu.Unlock()
	w, err := startWorker(t.options.Self, kind)
	if err != nil {
		return nil, err
	}
	if err := w.layers.require(t.options.Require); err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

// maxIdle is how many workers of a kind are kept for the next file.
const maxIdle = 4

// release gives a healthy worker back.
func (t *Tools) release(kind string, w *worker) {
	t.mu.Lock()
	keep := !t.closed && len(t.idle[kind]) < maxIdle
	if keep {
		t.idle[kind] = append(t.idle[kind], w)
	}
	t.mu.Unlock()
	if !keep {
		w.stop()
	}
}

// Close ends the idle workers. Calls that are still running end theirs themselves.
func (t *Tools) Close() error {
	t.mu.Lock()
	t.closed = true
	all := slices.Concat(t.idle[runWorker], t.idle[photoWorker])
	clear(t.idle)
	t.mu.Unlock()
	for _, w := range all {
		w.stop()
	}
	return nil
}

// handshake is how long a worker may take to say hello: the start of a large program on a busy machine.
const handshake = 20 * time.Second

// fixedEnv is all that a child knows of our environment.
func fixedEnv() []string {
	return []string{"LC_ALL=C", "HOME=/", "TMPDIR=/nonexistent", "AV_LOG_FORCE_NOCOLOR=1"}
}

// workerEnv is the environment of a worker of ours.
func workerEnv() []string { return append(fixedEnv(), confinedEnv+"=1", "GOMAXPROCS=2") }

// ConfineMain is the hidden command "confine" of a program that uses this package: the confined
// worker itself. It returns the exit status. Call it first thing in main and in TestMain:
//
//	if len(os.Args) > 1 && os.Args[1] == "confine" {
//		os.Exit(video.ConfineMain(os.Args[2:]))
//	}
func ConfineMain(args []string) int {
	if os.Getenv(confinedEnv) == "" || len(args) != 1 {
		fmt.Fprintln(os.Stderr, "confine is started by the program itself, not by hand")
		return 2
	}
	if err := serve(args[0]); err != nil {
		fmt.Fprintln(os.Stderr, "confine:", err)
		return 1
	}
	return 0
}
