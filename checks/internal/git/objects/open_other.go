//go:build !unix

package objects

const openFlags = 0
