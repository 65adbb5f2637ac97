//go:build linux

package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// worker is a confined process of our own program, seen from the parent. It does one job at a time.
type worker struct {
	conn   *net.UnixConn
	cmd    *exec.Cmd
	layers Layers
	gone   chan struct{} // closed when the process has ended
	stop1  sync.Once
}

// startWorker starts a worker in as many namespaces as the system allows.
func startWorker(self []string, kind string) (*worker, error) {
	var first error
	for _, flags := range namespaceSets() {
		w, err := startIn(self, kind, flags)
		if err == nil {
			w.layers = w.layers.withNamespaces(flags, first)
			return w, nil
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, syscall.EPERM) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EACCES) && !errors.Is(err, syscall.EUSERS) {
			break
		}
	}
	return nil, fmt.Errorf("start confined worker: %w", first)
}

// namespaceSets lists what to try, the best first.
func namespaceSets() []uintptr {
	const others = syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	sets := []uintptr{syscall.CLONE_NEWUSER | others}
	if os.Geteuid() == 0 {
		sets = append(sets, others)
	}
	return append(sets, 0)
}

// startIn starts a worker in the namespaces and waits for its hello.
func startIn(self []string, kind string, flags uintptr) (*worker, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	dir, err := os.MkdirTemp("", "beleg-empty-")
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("make an empty working folder: %w", err)
	}
	defer os.Remove(dir) // the worker stays in a folder that is no more: nothing can be made there
	cmd := exec.Command(self[0], append(self[1:len(self):len(self)], kind)...)
	cmd.Dir, cmd.Env, cmd.Stderr, cmd.ExtraFiles = dir, workerEnv(), nil, []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if flags&syscall.CLONE_NEWUSER != 0 {
		// Nobody inside, ourselves outside: what we may read it may read, and it has no capability.
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: os.Getegid(), Size: 1}}
	}
	w := &worker{conn: ours, cmd: cmd, gone: make(chan struct{})}
	if err := w.launch(); err != nil {
		ours.Close()
		return nil, err
	}
	ours.SetReadDeadline(time.Now().Add(handshake))
	m, err := w.receive()
	if err != nil || m.Hello == nil {
		w.stop()
		return nil, fmt.Errorf("worker says no hello (does the program hand its argument confine to ConfineMain?): %v", err)
	}
	ours.SetReadDeadline(time.Time{})
	w.layers = m.Hello.states()
	return w, nil
}

// launch starts the process from a thread that lives as long as it: the death signal is tied to the
// parent's thread.
func (w *worker) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := w.cmd.Start()
		started <- err
		if err == nil {
			w.cmd.Wait()
		}
		close(w.gone)
	}()
	return <-started
}

// stop ends the worker and all in it, and waits for its end.
func (w *worker) stop() {
	w.stop1.Do(func() {
		syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
		w.cmd.Process.Kill()
		w.conn.Close()
	})
	<-w.gone
}

func socketPair() (*net.UnixConn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make socket pair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "worker")
	conn, err := fileConn(fds[0])
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn, theirs, nil
}

// fileConn takes over descriptor fd.
func fileConn(fd int) (*net.UnixConn, error) {
	f := os.NewFile(uintptr(fd), "socket")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	return c.(*net.UnixConn), nil
}

func (w *worker) send(m message, files ...*os.File) error { return sendMessage(w.conn, m, files) }

func (w *worker) receive() (message, error) {
	m, files, err := receiveMessage(w.conn)
	closeAll(files)
	return m, err
}

func sendMessage(c *net.UnixConn, m message, files []*os.File) error {
	b, err := m.encode()
	if err != nil {
		return err
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	_, _, err = c.WriteMsgUnix(b, rights, nil)
	runtime.KeepAlive(files)
	return err
}

func receiveMessage(c *net.UnixConn) (message, []*os.File, error) {
	b, oob := make([]byte, maxMessage), make([]byte, unix.CmsgSpace(16*4))
	n, oobn, flags, _, err := c.ReadMsgUnix(b, oob)
	if err != nil {
		return message{}, nil, err
	}
	files := receivedFiles(oob[:oobn])
	if n == 0 || flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		closeAll(files)
		return message{}, nil, errors.New("socket: no whole message")
	}
	var m message
	if err := json.Unmarshal(b[:n], &m); err != nil {
		closeAll(files)
		return message{}, nil, fmt.Errorf("socket: %w", err)
	}
	return m, files, nil
}

func receivedFiles(oob []byte) []*os.File {
	var files []*os.File
	messages, _ := unix.ParseSocketControlMessage(oob)
	for _, m := range messages {
		fds, _ := unix.ParseUnixRights(&m)
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// workerChild is a job running in a worker.
type workerChild struct {
	tools *Tools
	w     *worker
	once  sync.Once
	late  *time.Timer
}

// patience is how long a worker may take to end its job when told to, before it is ended itself.
const patience = 3 * time.Second

// start runs a job in a worker, which is taken back when the job has been waited for.
func (t *Tools) start(j job) (child, error) {
	w, err := t.acquire(runWorker)
	if err != nil {
		return nil, err
	}
	j.ReadOnly, j.Limits = t.options.ReadOnly, t.options.Limits
	if err := w.send(message{Run: &j}, j.files...); err != nil {
		w.stop()
		return nil, fmt.Errorf("send job: %w", err)
	}
	m, err := w.receive()
	if err == nil && !m.Begun {
		err = errors.New(m.Error)
	}
	if err != nil {
		w.stop()
		return nil, fmt.Errorf("start %s in its worker: %w", j.Program, err)
	}
	return &workerChild{tools: t, w: w}, nil
}

func (c *workerChild) kill() {
	c.once.Do(func() {
		c.late = time.AfterFunc(patience, c.w.stop)
		c.w.send(message{Kill: true})
	})
}

func (c *workerChild) wait() exit {
	m, err := c.w.receive()
	killed := false
	c.once.Do(func() {}) // no kill from here on
	if c.late != nil {
		killed = true
		c.late.Stop()
	}
	if err != nil || m.Exit == nil {
		c.w.stop()
		return exit{Code: -1, Signal: "the end of its worker"}
	}
	if killed { // a late kill order may still lie in its letter box
		c.w.stop()
	} else {
		c.tools.release(runWorker, c.w)
	}
	return *m.Exit
}

// photoRun is a job in a photo worker.
type photoRun struct {
	tools *Tools
	w     *worker
	pipe  *os.File // pictures come here
	ended sync.Once
}

// startPhoto gives the still to a photo worker.
func (t *Tools) startPhoto(f *os.File, j photoJob) (*photoRun, error) {
	w, err := t.acquire(photoWorker)
	if err != nil {
		return nil, err
	}
	r, theirs, err := os.Pipe()
	if err != nil {
		t.release(photoWorker, w)
		return nil, err
	}
	err = w.send(message{Photo: &j}, f, theirs)
	theirs.Close()
	if err != nil {
		r.Close()
		w.stop()
		return nil, fmt.Errorf("send job: %w", err)
	}
	return &photoRun{tools: t, w: w, pipe: r}, nil
}

// kill ends the worker: a decoder of ours cannot be interrupted otherwise.
func (p *photoRun) kill() { p.ended.Do(p.w.stop) }

func (p *photoRun) wait() (photoReply, error) {
	m, err := p.w.receive()
	if err == nil && m.Result == nil {
		err = errors.New(m.Error)
	}
	if err != nil {
		p.kill()
		return photoReply{}, err
	}
	p.ended.Do(func() { p.tools.release(photoWorker, p.w) })
	return *m.Result, nil
}
