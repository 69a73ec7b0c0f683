/* Plain C: any compiler, any processor of little byte order. */
#include "kernels.h"

enum { TILE = 16 }; /* rows that a batch keeps in the first-level cache while all queries pass */

INLINE int32_t product(const uint8_t *codes, const int8_t *query, size_t s) {
    int32_t sum = 0;
    for (size_t i = 0; i < s; i++) sum += (int32_t)codes[i] * query[i];
    return sum;
}

static void int8_scores(const uint8_t *codes, size_t s, const int8_t *query, int32_t offset, float scale,
                        const uint32_t *rows, size_t m, float *out) {
    for (size_t i = 0; i < m; i++) {
        if (rows && i + AHEAD < m) prefetch_row(codes + rows[i + AHEAD] * s, s);
        out[i] = scale * (float)(product(codes + row_at(rows, i) * s, query, s) - offset);
    }
}

static int int8_scores_batch(const uint8_t *codes, size_t s, const int8_t *queries, size_t b, const int32_t *offsets,
                             const float *scales, const uint32_t *rows, size_t m, float *out) {
    for (size_t start = 0; start < m; start += TILE) {
        size_t end = start + TILE < m ? start + TILE : m;
        for (size_t q = 0; q < b; q++)
            for (size_t i = start; i < end; i++) {
                int32_t sum = product(codes + row_at(rows, i) * s, queries + q * s, s);
                out[q * m + i] = scales[q] * (float)(sum - offsets[q]);
            }
    }
    return 0;
}

/* Ones in each byte. */
INLINE uint64_t byte_ones(uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
}

/* sum_j 2^j ones(code & plane j): at most 8 * 15 in a byte, so that bytes are added only once, by a multiplication */
INLINE uint32_t weighted_ones(const uint8_t *code, const uint8_t *planes, size_t c) {
    uint32_t sum = 0;
    for (size_t at = 0; at < c; at += 8) {
        uint64_t word = word_at(code + at);
        uint64_t ones = byte_ones(word & word_at(planes + 3 * c + at));
        ones = 2 * ones + byte_ones(word & word_at(planes + 2 * c + at));
        ones = 2 * ones + byte_ones(word & word_at(planes + c + at));
        ones = 2 * ones + byte_ones(word & word_at(planes + at));
        ones = (ones & 0x00ff00ff00ff00ffu) + ((ones >> 8) & 0x00ff00ff00ff00ffu);
        sum += (uint32_t)((ones * 0x0001000100010001u) >> 48);
    }
    return sum;
}

static int bit_scores(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                      size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                      float *out) {
    for (size_t i = 0; i < m; i++) {
        if (rows && i + AHEAD_BITS < m) prefetch_row(records + rows[i + AHEAD_BITS] * r, c + 8);
        const uint8_t *record = records + row_at(rows, i) * r;
        uint32_t sum = weighted_ones(record, planes, c);
        out[i] = estimate(record + c, sum, table, centroids, low, step, total);
    }
    return 0;
}

static void float_scores(const char *vectors, size_t d, const float *query, const uint32_t *rows, size_t m,
                         float *out) {
    size_t bytes = d * sizeof(float);
    for (size_t i = 0; i < m; i++) {
        if (rows && i + AHEAD < m) prefetch_row(vectors + rows[i + AHEAD] * bytes, bytes);
        const char *vector = vectors + row_at(rows, i) * bytes;
        double lanes[8] = {0};
        for (size_t j = 0; j < d; j += 8)
            for (size_t lane = 0; lane < 8 && j + lane < d; lane++)
                lanes[lane] += (double)float_at(vector + (j + lane) * sizeof(float)) * (double)query[j + lane];
        out[i] = in_order(lanes);
    }
}

static size_t at_least(const float *scores, size_t m, float threshold, uint32_t *out) {
    size_t found = 0;
    for (size_t i = 0; i < m; i++) {
        out[found] = (uint32_t)i; /* found <= i */
        found += scores[i] >= threshold;
    }
    return found;
}

static uint64_t read_all(const uint8_t *bytes, size_t n) {
    uint64_t sums[4] = {0}, rest = 0;
    size_t at = 0;
    for (; at + 32 <= n; at += 32)
        for (size_t lane = 0; lane < 4; lane++) sums[lane] += word_at(bytes + at + 8 * lane);
    for (; at + 8 <= n; at += 8) sums[0] += word_at(bytes + at);
    for (size_t i = 0; at + i < n; i++) rest |= (uint64_t)bytes[at + i] << (8 * i);
    return sums[0] + sums[1] + sums[2] + sums[3] + rest;
}

const Kernels portable_kernels = {
    "portable", int8_scores, int8_scores_batch, bit_scores, float_scores, at_least, read_all,
};
