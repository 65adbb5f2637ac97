# Measures FAISS IndexBinaryFlat on one thread: python3 faiss.py FOLDER RADIUS
import json
import sys
import time

import faiss
import numpy

faiss.omp_set_num_threads(1)
folder, radius = sys.argv[1], int(sys.argv[2])
codes = numpy.fromfile(folder + "/codes", dtype=numpy.uint8).reshape(-1, 32)
queries = numpy.fromfile(folder + "/queries", dtype=numpy.uint8).reshape(-1, 32)
index = faiss.IndexBinaryFlat(256)
index.add(codes)


def rate(run, batches):
    best = None
    for _ in range(3):
        start = time.perf_counter()
        for b in batches:
            run(b)
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
    return len(codes) * sum(len(b) for b in batches) / best / 1e6


ones = [queries[i:i + 1] for i in range(min(8, len(queries)))]
# range_search counts distances strictly below its radius.
limits, _, _ = index.range_search(queries, radius + 1)
print(json.dumps({
    "version": faiss.__version__,
    "search_one": rate(lambda b: index.search(b, 1), ones),
    "search_batched": rate(lambda b: index.search(b, 1), [queries]),
    "range_one": rate(lambda b: index.range_search(b, radius + 1), ones),
    "range_batched": rate(lambda b: index.range_search(b, radius + 1), [queries]),
    "hits": int(limits[-1]),
}))
