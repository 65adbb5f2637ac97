package custody

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Format is the version of the data folder that this package writes, and the newest one it reads. 1 had records of version 1
// only; such a folder becomes one of version 2 when it is opened for writing.
const Format = 2

// Names in a data folder. All of them are relative to it and use slashes.
const (
	versionFile   = "beleg.json"
	versionTemp   = ".beleg.tmp" // only while beleg.json is made
	lockFile      = "beleg.lock"
	originalsDir  = "originals"
	originalsTemp = "originals/.tmp"
	deletionsDir  = "originals/.delete"
	logDir        = "log"
	logTemp       = "log/.tmp"
	treeDir       = "log/tlog"
	recordsDir    = "log/records"
	historyDir    = "log/checkpoints"
)

var (
	// ErrLocked reports that another process is writing to the data folder. Wait for it or end it; reading
	// with [OpenReadOnly] works meanwhile.
	ErrLocked = errors.New("custody: another process is writing to the data folder")
	// ErrNewer reports a data folder written by a newer version of Beleg. Update Beleg; nothing was changed.
	ErrNewer = errors.New("custody: the data folder is of a newer version")
	// ErrNoArchive reports a folder that holds no archive.
	ErrNoArchive = errors.New("custody: no archive in this folder")
	// ErrDamaged reports that the folder contradicts itself so that writing to it could do harm. [Verify] names
	// what is wrong.
	ErrDamaged = errors.New("custody: the data folder is damaged")
	// ErrReadOnly reports a write to an archive opened with [OpenReadOnly].
	ErrReadOnly = errors.New("custody: the archive is open for reading only")
)

// A folder is a data folder below which every file is opened. Safe for concurrent use.
type folder struct {
	dir  string // absolute
	root *os.Root
	temp atomic.Uint64 // numbers temporary files

	mu     sync.Mutex
	synced map[string]bool // guarded by mu: directories whose name is known to be durable in their parent
}

func openFolder(dir string) (*folder, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	root, err := os.OpenRoot(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open data folder %s: %w", abs, ErrNoArchive)
	}
	if err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	return &folder{dir: abs, root: root, synced: map[string]bool{}}, nil
}

// version is the content of beleg.json.
type version struct {
	Format int    `json:"format"`
	LogKey string `json:"log_key"` // verifier key of the log, in the form of golang.org/x/mod/sumdb/note
}

func (v version) bytes() []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("custody: marshal version: " + err.Error())
	}
	return append(b, '\n')
}

// readVersion reads beleg.json. The error is ErrNoArchive, ErrNewer or ErrDamaged, or that of the file system.
func (f *folder) readVersion() (version, error) {
	b, err := f.read(versionFile, 1<<12)
	if errors.Is(err, fs.ErrNotExist) {
		if f.exists(logDir) || f.exists(originalsDir) {
			return version{}, fmt.Errorf("%s is missing in %s: %w", versionFile, f.dir, ErrDamaged)
		}
		return version{}, fmt.Errorf("%s: %w", f.dir, ErrNoArchive)
	}
	if err != nil {
		return version{}, fmt.Errorf("read %s: %w", versionFile, err)
	}
	return parseVersion(b)
}

func parseVersion(b []byte) (version, error) {
	var v version
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("read %s: %w: %w", versionFile, err, ErrDamaged)
	}
	if v.Format > Format {
		return v, fmt.Errorf("%s names format %d, this program knows %d: update Beleg: %w", versionFile, v.Format, Format, ErrNewer)
	}
	if v.Format < 1 || !bytes.Equal(v.bytes(), b) {
		return v, fmt.Errorf("%s is not as it was written: %w", versionFile, ErrDamaged)
	}
	return v, nil
}

// lock takes the single-writer lock of the folder. The kernel drops it when the file is closed or the process
// ends.
func (f *folder) lock() (*os.File, error) {
	l, err := f.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := syscall.Flock(int(l.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer l.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data folder %s: %w", f.dir, err)
		}
		return nil, fmt.Errorf("%s is in use by %s: wait for it to end, or end it: %w", f.dir, lockHolder(l), ErrLocked)
	}
	// The process id is only for the message above: not being able to note it is no reason to refuse work.
	if l.Truncate(0) == nil {
		l.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return l, nil
}

func lockHolder(l *os.File) string {
	b, _ := io.ReadAll(io.LimitReader(l, 32))
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return "another process"
	}
	return fmt.Sprintf("process %d", pid)
}

func (f *folder) exists(name string) bool {
	_, err := f.root.Lstat(name)
	return err == nil
}

// read returns the whole of a regular file that holds at most limit bytes.
func (f *folder) read(name string, limit int64) ([]byte, error) {
	h, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	st, err := h.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: %w", name, ErrDamaged)
	}
	b, err := io.ReadAll(io.LimitReader(h, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s is longer than the %d bytes allowed: %w", name, limit, ErrDamaged)
	}
	return b, nil
}

// list returns the entries of a directory in name order; a directory that is not there has none.
func (f *folder) list(name string) ([]fs.DirEntry, error) {
	es, err := fs.ReadDir(f.root.FS(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return es, err
}

// ensureDir makes name and its parents, and makes their names durable: a file is not safe while the
// directory it lies in may vanish.
func (f *folder) ensureDir(name string) error {
	if name == "." || name == "" {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ensureDirLocked(name)
}

func (f *folder) ensureDirLocked(name string) error {
	if name == "." || f.synced[name] {
		return nil
	}
	parent := path.Dir(name)
	if err := f.ensureDirLocked(parent); err != nil {
		return err
	}
	if err := f.root.Mkdir(name, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.syncDir(parent); err != nil {
		return err
	}
	f.synced[name] = true
	return nil
}

func (f *folder) syncDir(name string) error {
	d, err := f.root.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("sync directory %s: %w", name, err)
	}
	return nil
}

// tempFile creates a fresh file in the temporary directory dir, which must exist.
func (f *folder) tempFile(dir string) (*os.File, string, error) {
	name := fmt.Sprintf("%s/%d-%d", dir, os.Getpid(), f.temp.Add(1))
	h, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return h, name, err
}

// seal makes an open file's bytes durable under mode and closes it.
func seal(h *os.File, mode fs.FileMode) error {
	err := h.Chmod(mode)
	if err == nil {
		err = h.Sync()
	}
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	return err
}

// writeSealed writes all of an open file, and seals it.
func writeSealed(h *os.File, b []byte, mode fs.FileMode) error {
	if _, err := h.Write(b); err != nil {
		h.Close()
		return err
	}
	return seal(h, mode)
}

// writeOnce puts b into a new file by way of temp. It never replaces a file: fs.ErrExist when name is taken.
// The caller makes the name durable with syncDir, so that many files can share one sync.
func (f *folder) writeOnce(name, temp string, b []byte) error {
	h, tmp, err := f.tempFile(temp)
	if err != nil {
		return err
	}
	if err = writeSealed(h, b, 0o444); err == nil {
		err = f.root.Link(tmp, name)
	}
	// A temporary file that cannot be removed now is removed at the next open.
	f.root.Remove(tmp)
	return err
}

// replace puts b under name by way of temp, over what lies there, and makes the name durable.
func (f *folder) replace(name, temp string, b []byte, mode fs.FileMode) error {
	h, tmp, err := f.tempFile(temp)
	if err != nil {
		return err
	}
	if err = writeSealed(h, b, mode); err == nil {
		err = f.root.Rename(tmp, name)
	}
	if err != nil {
		f.root.Remove(tmp)
		return err
	}
	return f.syncDir(path.Dir(name))
}

// replacePrivate puts b into a file outside the folder that only its owner reads, and makes its name durable.
func replacePrivate(file string, b []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	h, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(h.Name())
	if err = writeSealed(h, b, 0o600); err == nil {
		err = os.Rename(h.Name(), file)
	}
	if err != nil {
		return err
	}
	return syncPath(dir)
}

// clear empties the temporary directory dir of what a killed process left.
func (f *folder) clear(dir string) error {
	es, err := f.list(dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		if err := f.root.Remove(path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
