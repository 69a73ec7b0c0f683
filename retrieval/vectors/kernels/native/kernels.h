/* What each instruction set implements. See ../protocol.py for shapes and meaning; arguments are already checked.
 *
 * m: rows asked for; `rows` NULL: rows 0..m-1. Rows of codes, records and vectors may start at any address.
 * Functions that return int give -1 where memory runs out.
 */
#ifndef SHORTLIST_KERNELS_H
#define SHORTLIST_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *name;
    void (*int8_scores)(const uint8_t *codes, size_t s, const int8_t *query, int32_t offset, float scale,
                        const uint32_t *rows, size_t m, float *out);
    int (*int8_scores_batch)(const uint8_t *codes, size_t s, const int8_t *queries, size_t b, const int32_t *offsets,
                             const float *scales, const uint32_t *rows, size_t m, float *out);
    int (*bit_scores)(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                      size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                      float *out);
    void (*float_scores)(const char *vectors, size_t d, const float *query, const uint32_t *rows, size_t m,
                         float *out);
    size_t (*at_least)(const float *scores, size_t m, float threshold, uint32_t *out);
    uint64_t (*read)(const uint8_t *bytes, size_t n);
} Kernels;

extern const Kernels portable_kernels;

/* Instruction sets are compiled function by function and chosen at run time. */
#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define SHORTLIST_X86 1
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
void avx512_float_scores(const char *vectors, size_t d, const float *query, const uint32_t *rows, size_t m, float *out);
int avx512_bit_scores(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                      size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                      float *out);
#define APART __attribute__((noinline))
#define AVX2 __attribute__((target("avx2,fma,popcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni,avx2,fma,popcnt")))
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
/* Into the second-level cache, far ahead: it takes none of the few places for misses of the first level, in which
 * prefetching into that (locality 3) runs out at two thirds of what memory delivers. */
#define PREFETCH(address) __builtin_prefetch((const void *)(address), 0, 2)
#else
#define INLINE static inline
#define PREFETCH(address) ((void)(address))
#endif

enum {
    LINE = 64,       /* bytes of a cache line */
    FAR = 64 * 1024, /* bytes that a dense pass over records prefetches ahead; behind the end it is harmless */
    AHEAD = 64,      /* rows that a pass over chosen codes or vectors prefetches ahead */
    AHEAD_BITS = 256 /* and one over records, which are small */
};

/* Mean of the best, as it is the same loop everywhere; members.c. */
int best_means(const float *scores, const uint32_t *counts, size_t g, size_t best, float *out);

INLINE size_t row_at(const uint32_t *rows, size_t i) { return rows ? rows[i] : i; }

INLINE uint64_t word_at(const void *address) {
    uint64_t word;
    memcpy(&word, address, sizeof word);
    return word;
}

INLINE uint32_t half_at(const void *address) {
    uint32_t half;
    memcpy(&half, address, sizeof half);
    return half;
}

INLINE float float_at(const void *address) {
    float value;
    memcpy(&value, address, sizeof value);
    return value;
}

/* A row that is to be read soon. */
/* Eight sums added in the one order that every path keeps to (see protocol.py). */
INLINE float in_order(const double *lanes) {
    return (float)(((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])));
}

INLINE void prefetch_row(const void *row, size_t bytes) {
    const uint8_t *first = row;
    for (size_t at = 0; at < bytes; at += LINE) PREFETCH(first + at);
    if (bytes) PREFETCH(first + bytes - 1);
}

/* The estimate from a record's tail (factor, centroid, ones) and the weighted count of its code's common ones.
 * No fused operations: every path must give the same bits. */
INLINE float estimate(const uint8_t *tail, uint32_t sum, const float *table, size_t centroids, float low, float step,
                      float total) {
    uint32_t both = half_at(tail + 4);
    size_t centroid = both & 0xffff;
    float ones = (float)(both >> 16);
    if (centroid >= centroids) centroid = centroids - 1;
    float inner = low * ones + step * (float)sum;
    return table[centroid] + float_at(tail) * (2.0f * inner - total);
}

#endif
