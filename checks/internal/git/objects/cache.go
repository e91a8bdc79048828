package objects

import (
	"container/list"
	"sync"
)

// cache keeps the objects that were built last: the next one is likely a delta on one of them.
type cache struct {
	mu    sync.Mutex
	byKey map[cacheKey]*list.Element
	order list.List // of *cached, the latest first
	bytes int
}

type cacheKey struct {
	pack *pack
	off  int64
}

type cached struct {
	key  cacheKey
	kind Kind
	data []byte
}

func (c *cache) get(p *pack, off int64) (Kind, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[cacheKey{p, off}]
	if !ok {
		return 0, nil
	}
	c.order.MoveToFront(e)
	found := e.Value.(*cached)
	return found.kind, found.data
}

func (c *cache) put(p *pack, off int64, kind Kind, data []byte) {
	if len(data) > maxCached/8 || len(data) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey{p, off}
	if _, ok := c.byKey[key]; ok {
		return
	}
	if c.byKey == nil {
		c.byKey = map[cacheKey]*list.Element{}
	}
	c.byKey[key] = c.order.PushFront(&cached{key, kind, data})
	const entry = 256 // bytes, about, that an entry takes itself
	c.bytes += len(data) + entry
	for c.bytes > maxCached {
		last := c.order.Remove(c.order.Back()).(*cached)
		delete(c.byKey, last.key)
		c.bytes -= len(last.data) + entry
	}
}
