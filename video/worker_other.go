//go:build !linux

package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
)

// worker is an empty shell here: outside Linux jobs are plain children with a fixed environment, an
// empty working folder and our own limits of time, frames and pixels.
type worker struct{ layers Layers }

func (w *worker) stop() {}

// startWorker says that no layer holds.
func startWorker(self []string, kind string) (*worker, error) {
	var ls Layers
	for _, l := range []Layer{Landlock, LandlockNet, Seccomp, Rlimits, UserNamespace, NetNamespace, PidNamespace, IPCNamespace} {
		ls = append(ls, LayerState{Layer: l, Detail: "not on " + runtime.GOOS})
	}
	return &worker{layers: ls}, nil
}

// plain is a running child.
type plain struct {
	cmd  *exec.Cmd
	dir  string
	mu   sync.Mutex
	over bool // guarded by mu
}

func launch(cmd *exec.Cmd) (*plain, error) {
	dir, err := os.MkdirTemp("", "beleg-empty-")
	if err != nil {
		return nil, fmt.Errorf("make an empty working folder: %w", err)
	}
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		os.Remove(dir)
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return &plain{cmd: cmd, dir: dir}, nil
}

func (p *plain) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		p.cmd.Process.Kill()
	}
}

func (p *plain) wait() exit {
	p.cmd.Wait()
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	os.Remove(p.dir)
	s := p.cmd.ProcessState
	e := exit{Code: s.ExitCode(), CPU: s.UserTime() + s.SystemTime()}
	if e.Code < 0 {
		e.Signal = s.String()
	}
	return e
}

func (t *Tools) start(j job) (child, error) {
	if w, err := t.acquire(runWorker); err != nil { // for what is required
		return nil, err
	} else {
		t.release(runWorker, w)
	}
	cmd := exec.Command(string(j.Program), texts(j.Args)...)
	cmd.Env = fixedEnv()
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = j.files[1], j.files[2], j.files[3:]
	p, err := launch(cmd)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// photoRun is a process of our own program that decodes one still: the still is its standard
// input, pictures come from its output and the reply from its standard error.
type photoRun struct {
	*plain
	pipe    *os.File
	replies *os.File
}

func (t *Tools) startPhoto(f *os.File, j photoJob) (*photoRun, error) {
	if w, err := t.acquire(photoWorker); err != nil {
		return nil, err
	} else {
		t.release(photoWorker, w)
	}
	order, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	var p pipes
	if p.open(); p.err != nil {
		p.close()
		return nil, p.err
	}
	self := t.options.Self
	cmd := exec.Command(self[0], append(self[1:len(self):len(self)], photoWorker)...)
	cmd.Env = append(fixedEnv(), confinedEnv+"="+string(order))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f, p.theirs[1], p.theirs[2]
	run, err := launch(cmd)
	p.closeTheirs()
	if err != nil {
		p.close()
		return nil, err
	}
	return &photoRun{plain: run, pipe: p.ours[1], replies: p.ours[2]}, nil
}

func (p *photoRun) wait() (photoReply, error) {
	defer p.replies.Close()
	var r photoReply
	err := json.NewDecoder(p.replies).Decode(&r)
	if e := p.plain.wait(); err != nil {
		err = fmt.Errorf("status %d %s", e.Code, e.Signal)
	}
	return r, err
}

// serve decodes the one still of standard input.
func serve(kind string) error {
	var j photoJob
	if kind != photoWorker {
		return errors.New("unknown kind of worker")
	}
	if err := json.Unmarshal([]byte(os.Getenv(confinedEnv)), &j); err != nil {
		return err
	}
	return json.NewEncoder(os.Stderr).Encode(j.do([]*os.File{os.Stdin, os.Stdout}))
}
