package custody

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemCallRegset is NT_ARM_SYSTEM_CALL: the number of the call that a stopped thread is entering.
const systemCallRegset = 0x404

// spoil keeps the call that thread tid is entering from doing anything, and returns what gives it its error
// when it leaves.
func spoil(tid int, c writeCall) (func() error, error) {
	none := int32(-1)
	vec := unix.Iovec{Base: (*byte)(unsafe.Pointer(&none))}
	vec.SetLen(int(unsafe.Sizeof(none)))
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SETREGSET, uintptr(tid), systemCallRegset, uintptr(unsafe.Pointer(&vec)), 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return func() error {
		var r unix.PtraceRegs
		if err := unix.PtraceGetRegs(tid, &r); err != nil {
			return err
		}
		r.Regs[0] = -uint64(c.errno)
		return unix.PtraceSetRegs(tid, &r)
	}, nil
}
