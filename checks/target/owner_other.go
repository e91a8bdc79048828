//go:build !unix

package target

import "io/fs"

const openFlags = 0

func (*entryInfo) fillOwner(fs.FileInfo) {}
