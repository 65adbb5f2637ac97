package video

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// forbiddenHere are calls that only this machine has in this form.
var forbiddenHere = []uint32{unix.SYS_KEXEC_FILE_LOAD}

var forbiddenFilesHere = []uint32{unix.SYS_RENAMEAT}
