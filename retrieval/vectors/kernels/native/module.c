/* The Python side: checks arguments, lets go of the interpreter's lock, calls the kernels of the path that is named. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "kernels.h"

enum { MOST = 6 };

/* Buffers of one call, released together. */
typedef struct {
    Py_buffer views[MOST];
    int count;
} Arrays;

static void release(Arrays *arrays) {
    while (arrays->count) PyBuffer_Release(&arrays->views[--arrays->count]);
}

/* The next array of a call: `types` are the format letters that are right, `loose` ones may start at any address. */
static Py_buffer *take(Arrays *arrays, PyObject *given, const char *name, const char *types, Py_ssize_t size, int axes,
                       int written, int loose) {
    Py_buffer *view = &arrays->views[arrays->count];
    int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (written ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(given, view, flags) < 0) return NULL;
    arrays->count++;
    const char *format = view->format ? view->format : "B";
    if (format[0] == '=') format++; /* so numpy says native order where an array is not aligned */
    if (view->ndim != axes || view->itemsize != size || !format[0] || format[1] || !strchr(types, format[0])) {
        PyErr_Format(PyExc_ValueError, "%s must have %d axes of items '%c' of %zd bytes, not %d of '%s'", name, axes,
                     types[0], size, view->ndim, format);
        return NULL;
    }
    if (!loose && (uintptr_t)view->buf % (size_t)size) {
        PyErr_Format(PyExc_ValueError, "%s does not start at a multiple of %zd bytes: pass a copy", name, size);
        return NULL;
    }
    return view;
}

static int same(const char *name, Py_ssize_t has, Py_ssize_t wanted) {
    if (has == wanted) return 1;
    PyErr_Format(PyExc_ValueError, "%s has length %zd, it must be %zd", name, has, wanted);
    return 0;
}

static int arguments(const char *name, Py_ssize_t has, Py_ssize_t wanted) {
    if (has == wanted) return 1;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", name, wanted, has);
    return 0;
}

/* A whole number in low..high; where it is none, an exception is set. */
static long long number(PyObject *given, const char *name, long long low, long long high) {
    long long value = PyLong_AsLongLong(given);
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_OverflowError)) return 0;
        PyErr_Clear();
        value = high == LLONG_MAX ? low - 1 : high + 1;
    }
    if (value < low || value > high)
        PyErr_Format(PyExc_ValueError, "%s must lie between %lld and %lld", name, low, high);
    return value;
}

static const long long LARGEST_OFFSET = 1LL << 30;
static const Py_ssize_t WIDEST_CODES = 1 << 15; /* 255 * 128 * 2^15 < 2^30: sums less an offset fit 32 bits */

static int narrow(Py_ssize_t s) {
    if (s <= WIDEST_CODES) return 1;
    PyErr_Format(PyExc_ValueError, "codes have %zd bytes a row, at most %zd fit", s, WIDEST_CODES);
    return 0;
}

static const Kernels *const *all_runnable(void) {
    static const Kernels *found[4];
    if (!found[0]) {
        int count = 0;
#ifdef SHORTLIST_X86
        __builtin_cpu_init();
        int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("popcnt");
        if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni"))
            found[count++] = &avx512_kernels;
        if (avx2) found[count++] = &avx2_kernels;
#endif
        found[count] = &portable_kernels;
    }
    return found;
}

static const Kernels *named(PyObject *name) {
    for (const Kernels *const *each = all_runnable(); *each; each++)
        if (PyUnicode_CompareWithASCIIString(name, (*each)->name) == 0) return *each;
    PyErr_Format(PyExc_ValueError, "no kernels are called %R here", name);
    return NULL;
}

static PyObject *runnable(PyObject *module, PyObject *none) {
    (void)module, (void)none;
    PyObject *names = PyList_New(0);
    for (const Kernels *const *each = all_runnable(); names && *each; each++) {
        PyObject *name = PyUnicode_FromString((*each)->name);
        if (!name || PyList_Append(names, name) < 0) Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

/* `rows` and how many are asked for; -1 with an exception. */
static Py_ssize_t asked(Arrays *arrays, PyObject *given, Py_ssize_t all, const uint32_t **rows) {
    *rows = NULL;
    if (given == Py_None) return all;
    Py_buffer *view = take(arrays, given, "rows", "IL", 4, 1, 0, 0);
    if (!view) return -1;
    *rows = view->buf;
    return view->shape[0];
}

static PyObject *finish(Arrays *arrays, int failed) {
    release(arrays);
    if (PyErr_Occurred()) return NULL;
    return failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
}

static PyObject *int8_scores(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Arrays arrays = {.count = 0};
    Py_buffer *codes, *query, *out;
    const uint32_t *rows;
    if (!arguments("int8_scores", count, 7) || !(kernels = named(args[0]))) return NULL;
    if (!(codes = take(&arrays, args[1], "codes", "B", 1, 2, 0, 1)) ||
        !(query = take(&arrays, args[2], "query", "b", 1, 1, 0, 0)) ||
        !(out = take(&arrays, args[6], "out", "f", 4, 1, 1, 0)))
        return finish(&arrays, 0);
    long long offset = number(args[3], "offset", -LARGEST_OFFSET, LARGEST_OFFSET);
    float scale = (float)PyFloat_AsDouble(args[4]);
    if (PyErr_Occurred()) return finish(&arrays, 0);
    Py_ssize_t s = codes->shape[1], m = asked(&arrays, args[5], codes->shape[0], &rows);
    if (m < 0 || !narrow(s) || !same("query", query->shape[0], s) || !same("out", out->shape[0], m))
        return finish(&arrays, 0);
    Py_BEGIN_ALLOW_THREADS
    kernels->int8_scores(codes->buf, (size_t)s, query->buf, (int32_t)offset, scale, rows, (size_t)m, out->buf);
    Py_END_ALLOW_THREADS
    return finish(&arrays, 0);
}

static PyObject *int8_scores_batch(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Arrays arrays = {.count = 0};
    Py_buffer *codes, *queries, *offsets, *scales, *out;
    const uint32_t *rows;
    int failed = 0;
    if (!arguments("int8_scores_batch", count, 7) || !(kernels = named(args[0]))) return NULL;
    if (!(codes = take(&arrays, args[1], "codes", "B", 1, 2, 0, 1)) ||
        !(queries = take(&arrays, args[2], "queries", "b", 1, 2, 0, 0)) ||
        !(offsets = take(&arrays, args[3], "offsets", "il", 4, 1, 0, 0)) ||
        !(scales = take(&arrays, args[4], "scales", "f", 4, 1, 0, 0)) ||
        !(out = take(&arrays, args[6], "out", "f", 4, 2, 1, 0)))
        return finish(&arrays, 0);
    Py_ssize_t s = codes->shape[1], b = queries->shape[0], m = asked(&arrays, args[5], codes->shape[0], &rows);
    if (m < 0 || !narrow(s) || !same("queries' second axis", queries->shape[1], s) ||
        !same("offsets", offsets->shape[0], b) || !same("scales", scales->shape[0], b) ||
        !same("out", out->shape[0], b) || !same("out's second axis", out->shape[1], m))
        return finish(&arrays, 0);
    for (Py_ssize_t q = 0; q < b; q++) {
        long long offset = ((const int32_t *)offsets->buf)[q];
        if (offset > LARGEST_OFFSET || offset < -LARGEST_OFFSET) {
            PyErr_SetString(PyExc_ValueError, "offsets must lie between -2^30 and 2^30");
            return finish(&arrays, 0);
        }
    }
    Py_BEGIN_ALLOW_THREADS
    failed = kernels->int8_scores_batch(codes->buf, (size_t)s, queries->buf, (size_t)b, offsets->buf, scales->buf,
                                        rows, (size_t)m, out->buf);
    Py_END_ALLOW_THREADS
    return finish(&arrays, failed);
}

static PyObject *bit_scores(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Arrays arrays = {.count = 0};
    Py_buffer *records, *planes, *table, *out;
    const uint32_t *rows;
    int failed = 0;
    if (!arguments("bit_scores", count, 10) || !(kernels = named(args[0]))) return NULL;
    if (!(records = take(&arrays, args[1], "records", "B", 1, 2, 0, 1)) ||
        !(planes = take(&arrays, args[3], "planes", "B", 1, 2, 0, 0)) ||
        !(table = take(&arrays, args[4], "table", "f", 4, 1, 0, 0)) ||
        !(out = take(&arrays, args[9], "out", "f", 4, 1, 1, 0)))
        return finish(&arrays, 0);
    long long width = number(args[2], "width", 1, 65535);
    float low = (float)PyFloat_AsDouble(args[5]), step = (float)PyFloat_AsDouble(args[6]);
    float total = (float)PyFloat_AsDouble(args[7]);
    if (PyErr_Occurred()) return finish(&arrays, 0);
    Py_ssize_t c = (Py_ssize_t)(width + 63) / 64 * 8, r = records->shape[1];
    Py_ssize_t m = asked(&arrays, args[8], records->shape[0], &rows);
    if (m < 0 || !same("planes", planes->shape[0], 4) || !same("planes' second axis", planes->shape[1], c) ||
        !same("out", out->shape[0], m))
        return finish(&arrays, 0);
    if (r < c + 8) PyErr_Format(PyExc_ValueError, "records have %zd bytes, width %lld takes %zd", r, width, c + 8);
    if (!table->shape[0]) PyErr_SetString(PyExc_ValueError, "the table has no centroid");
    if (r < c + 8 || !table->shape[0]) return finish(&arrays, 0);
    Py_BEGIN_ALLOW_THREADS
    failed = kernels->bit_scores(records->buf, (size_t)r, (size_t)c, planes->buf, table->buf, (size_t)table->shape[0],
                                 low, step, total, rows, (size_t)m, out->buf);
    Py_END_ALLOW_THREADS
    return finish(&arrays, failed);
}

static PyObject *float_scores(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Arrays arrays = {.count = 0};
    Py_buffer *vectors, *query, *out;
    const uint32_t *rows;
    if (!arguments("float_scores", count, 5) || !(kernels = named(args[0]))) return NULL;
    if (!(vectors = take(&arrays, args[1], "vectors", "f", 4, 2, 0, 1)) ||
        !(query = take(&arrays, args[2], "query", "f", 4, 1, 0, 0)) ||
        !(out = take(&arrays, args[4], "out", "f", 4, 1, 1, 0)))
        return finish(&arrays, 0);
    Py_ssize_t d = vectors->shape[1], m = asked(&arrays, args[3], vectors->shape[0], &rows);
    if (m < 0 || !same("query", query->shape[0], d) || !same("out", out->shape[0], m)) return finish(&arrays, 0);
    Py_BEGIN_ALLOW_THREADS
    kernels->float_scores(vectors->buf, (size_t)d, query->buf, rows, (size_t)m, out->buf);
    Py_END_ALLOW_THREADS
    return finish(&arrays, 0);
}

static PyObject *at_least(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Arrays arrays = {.count = 0};
    Py_buffer *scores, *out;
    size_t found;
    if (!arguments("at_least", count, 4) || !(kernels = named(args[0]))) return NULL;
    if (!(scores = take(&arrays, args[1], "scores", "f", 4, 1, 0, 0)) ||
        !(out = take(&arrays, args[3], "out", "IL", 4, 1, 1, 0)))
        return finish(&arrays, 0);
    float threshold = (float)PyFloat_AsDouble(args[2]);
    if (PyErr_Occurred() || !same("out", out->shape[0], scores->shape[0])) return finish(&arrays, 0);
    Py_BEGIN_ALLOW_THREADS
    found = kernels->at_least(scores->buf, (size_t)scores->shape[0], threshold, out->buf);
    Py_END_ALLOW_THREADS
    release(&arrays);
    return PyLong_FromSize_t(found);
}

static PyObject *means(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Arrays arrays = {.count = 0};
    Py_buffer *scores, *counts, *out;
    uint64_t total = 0;
    int failed = 0;
    if (!arguments("best_means", count, 5) || !named(args[0])) return NULL;
    if (!(scores = take(&arrays, args[1], "scores", "f", 4, 1, 0, 0)) ||
        !(counts = take(&arrays, args[2], "counts", "IL", 4, 1, 0, 0)) ||
        !(out = take(&arrays, args[4], "out", "f", 4, 1, 1, 0)))
        return finish(&arrays, 0);
    long long best = number(args[3], "best", 1, LLONG_MAX);
    Py_ssize_t g = counts->shape[0];
    if (PyErr_Occurred() || !same("out", out->shape[0], g)) return finish(&arrays, 0);
    for (Py_ssize_t member = 0; member < g; member++) total += ((const uint32_t *)counts->buf)[member];
    if (total != (uint64_t)scores->shape[0]) {
        PyErr_Format(PyExc_ValueError, "the counts add up to %llu, there are %zd scores", (unsigned long long)total,
                     scores->shape[0]);
        return finish(&arrays, 0);
    }
    Py_BEGIN_ALLOW_THREADS
    failed = best_means(scores->buf, counts->buf, (size_t)g, (size_t)best, out->buf);
    Py_END_ALLOW_THREADS
    return finish(&arrays, failed);
}

static PyObject *read_all(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    const Kernels *kernels;
    Py_buffer view;
    uint64_t sum;
    if (!arguments("read", count, 2) || !(kernels = named(args[0]))) return NULL;
    if (PyObject_GetBuffer(args[1], &view, PyBUF_C_CONTIGUOUS) < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS
    sum = kernels->read(view.buf, (size_t)view.len);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    return PyLong_FromUnsignedLongLong(sum);
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    {"runnable", runnable, METH_NOARGS, NULL},
    FAST("int8_scores", int8_scores),
    FAST("int8_scores_batch", int8_scores_batch),
    FAST("bit_scores", bit_scores),
    FAST("float_scores", float_scores),
    FAST("at_least", at_least),
    FAST("best_means", means),
    FAST("read", read_all),
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "Passes over vectors, compiled; see retrieval.vectors.kernels.", 0, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
