//go:build !linux

package target

import (
	"io/fs"
	"os"
)

func pseudoFileSystem(*os.Root, string, fs.FileInfo) bool { return false }
