/* AVX2 with FMA and POPCNT: nearly every x86 server and laptop since 2013. */
#include "kernels.h"

#ifdef SHORTLIST_X86
#include <immintrin.h>
#include <stdlib.h>

#define TARGET AVX2
enum { TILE = 4, QUERIES = 16 };

TARGET INLINE int32_t sum_lanes(__m256i x) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    return _mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 1);
}

/* Multiplying bytes (vpmaddubsw) would saturate: 2 * 255 * 127 > 2^15. So codes of even and of odd places are widened
 * to 16 bits, as the query's are by `split`. */
TARGET INLINE __m256i add_products(__m256i sums, __m256i codes, __m256i even, __m256i odd) {
    __m256i evens = _mm256_madd_epi16(_mm256_and_si256(codes, _mm256_set1_epi16(0xff)), even);
    __m256i odds = _mm256_madd_epi16(_mm256_srli_epi16(codes, 8), odd);
    return _mm256_add_epi32(sums, _mm256_add_epi32(evens, odds));
}

TARGET INLINE __m256i evens_of(__m256i query) { return _mm256_srai_epi16(_mm256_slli_epi16(query, 8), 8); }
TARGET INLINE __m256i odds_of(__m256i query) { return _mm256_srai_epi16(query, 8); }

TARGET static void int8_scores(const uint8_t *codes, size_t s, const int8_t *query, int32_t offset, float scale,
                               const uint32_t *rows, size_t m, float *out) {
    size_t whole = s / 32 * 32;
    for (size_t i = 0; i < m; i += 2) {
        size_t second = i + 1 < m ? i + 1 : i;
        const uint8_t *left = codes + row_at(rows, i) * s, *right = codes + row_at(rows, second) * s;
        if (!rows)
            for (size_t at = 0; at < 2 * s; at += LINE) PREFETCH(left + at + FAR);
        else if (i + AHEAD + 2 <= m)
            for (size_t k = 0; k < 2; k++) prefetch_row(codes + rows[i + AHEAD + k] * s, s);
        __m256i sums = _mm256_setzero_si256(), others = sums;
        for (size_t at = 0; at < whole; at += 32) {
            __m256i q = _mm256_loadu_si256((const void *)(query + at)), even = evens_of(q), odd = odds_of(q);
            sums = add_products(sums, _mm256_loadu_si256((const void *)(left + at)), even, odd);
            others = add_products(others, _mm256_loadu_si256((const void *)(right + at)), even, odd);
        }
        int32_t sum = sum_lanes(sums), other = sum_lanes(others);
        for (size_t at = whole; at < s; at++) {
            sum += (int32_t)left[at] * query[at];
            other += (int32_t)right[at] * query[at];
        }
        out[second] = scale * (float)(other - offset);
        out[i] = scale * (float)(sum - offset);
    }
}

/* Four bytes of every query beside one another, so that lanes are queries and no lane has to be summed up. */
static void interleave(const int8_t *queries, size_t b, size_t s, int8_t *packed) {
    memset(packed, 0, s * QUERIES);
    for (size_t q = 0; q < b; q++)
        for (size_t at = 0; at < s; at += 4) memcpy(packed + at * QUERIES + q * 4, queries + q * s + at, 4);
}

/* Products of four rows with sixteen queries, s a multiple of 4. */
TARGET INLINE void tile(const uint8_t *const rows[TILE], const int8_t *packed, size_t s, int32_t sums[TILE][QUERIES]) {
    __m256i all[TILE][2];
#pragma GCC unroll 4
    for (size_t k = 0; k < TILE; k++) all[k][0] = all[k][1] = _mm256_setzero_si256();
    for (size_t at = 0; at < s; at += 4) {
        __m256i first = _mm256_loadu_si256((const void *)(packed + at * QUERIES));
        __m256i second = _mm256_loadu_si256((const void *)(packed + at * QUERIES + 32));
        __m256i even[2] = {evens_of(first), evens_of(second)}, odd[2] = {odds_of(first), odds_of(second)};
#pragma GCC unroll 4
        for (size_t k = 0; k < TILE; k++) {
            __m256i codes = _mm256_set1_epi32((int)half_at(rows[k] + at));
            all[k][0] = add_products(all[k][0], codes, even[0], odd[0]);
            all[k][1] = add_products(all[k][1], codes, even[1], odd[1]);
        }
    }
    for (size_t k = 0; k < TILE; k++) {
        _mm256_storeu_si256((void *)sums[k], all[k][0]);
        _mm256_storeu_si256((void *)(sums[k] + 8), all[k][1]);
    }
}

TARGET static int int8_scores_batch(const uint8_t *codes, size_t s, const int8_t *queries, size_t b,
                                    const int32_t *offsets, const float *scales, const uint32_t *rows, size_t m,
                                    float *out) {
    if (s % 4) return portable_kernels.int8_scores_batch(codes, s, queries, b, offsets, scales, rows, m, out);
    size_t groups = (b + QUERIES - 1) / QUERIES, bytes = s * QUERIES;
    int8_t *packed = malloc(groups * bytes + 1);
    if (!packed) return -1;
    for (size_t g = 0; g < groups; g++) {
        size_t some = b - g * QUERIES < QUERIES ? b - g * QUERIES : QUERIES;
        interleave(queries + g * QUERIES * s, some, s, packed + g * bytes);
    }
    for (size_t i = 0; i < m; i += TILE) {
        size_t left = m - i < TILE ? m - i : TILE;
        const uint8_t *four[TILE];
        for (size_t k = 0; k < TILE; k++) four[k] = codes + row_at(rows, k < left ? i + k : m - 1) * s;
        if (rows && i + AHEAD + TILE <= m)
            for (size_t k = 0; k < TILE; k++) prefetch_row(codes + rows[i + AHEAD + k] * s, s);
        for (size_t g = 0; g < groups; g++) {
            int32_t sums[TILE][QUERIES];
            tile(four, packed + g * bytes, s, sums);
            for (size_t q = g * QUERIES; q < b && q < (g + 1) * QUERIES; q++)
                for (size_t k = 0; k < left; k++)
                    out[q * m + i + k] = scales[q] * (float)(sums[k][q % QUERIES] - offsets[q]);
        }
    }
    free(packed);
    return 0;
}

TARGET INLINE uint32_t weighted_ones(const uint8_t *code, const uint8_t *planes, size_t c) {
    uint64_t sums[4] = {0};
    for (size_t at = 0; at < c; at += 8) {
        uint64_t word = word_at(code + at);
#pragma GCC unroll 4
        for (size_t plane = 0; plane < 4; plane++)
            sums[plane] += (uint64_t)_mm_popcnt_u64(word & word_at(planes + plane * c + at));
    }
    return (uint32_t)(sums[0] + 2 * sums[1] + 4 * sums[2] + 8 * sums[3]);
}

TARGET INLINE void bits(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                        size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                        float *out) {
    for (size_t i = 0; i < m; i++) {
        const uint8_t *record = records + row_at(rows, i) * r;
        if (!rows) PREFETCH(record + FAR);
        else if (i + AHEAD_BITS < m) prefetch_row(records + rows[i + AHEAD_BITS] * r, c + 8);
        out[i] = estimate(record + c, weighted_ones(record, planes, c), table, centroids, low, step, total);
    }
}

TARGET static int bit_scores(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                             size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                             float *out) {
    if (c == 48) bits(records, r, 48, planes, table, centroids, low, step, total, rows, m, out);
    else if (c == 24) bits(records, r, 24, planes, table, centroids, low, step, total, rows, m, out);
    else bits(records, r, c, planes, table, centroids, low, step, total, rows, m, out);
    return 0;
}

/* The four lanes of one half and of the other, in float64, added in the order that every path keeps to (protocol.py). */
TARGET static void float_scores(const char *vectors, size_t d, const float *query, const uint32_t *rows, size_t m,
                                float *out) {
    size_t bytes = d * sizeof(float), whole = d / 8 * 8;
    for (size_t i = 0; i < m; i++) {
        const char *vector = vectors + row_at(rows, i) * bytes;
        if (rows && i + AHEAD < m) prefetch_row(vectors + rows[i + AHEAD] * bytes, bytes);
        __m256d low = _mm256_setzero_pd(), high = low;
        for (size_t j = 0; j < whole; j += 8) {
            const float *at = (const void *)(vector + j * sizeof(float));
            low = _mm256_add_pd(low, _mm256_mul_pd(_mm256_cvtps_pd(_mm_loadu_ps(at)),
                                                   _mm256_cvtps_pd(_mm_loadu_ps(query + j))));
            high = _mm256_add_pd(high, _mm256_mul_pd(_mm256_cvtps_pd(_mm_loadu_ps(at + 4)),
                                                     _mm256_cvtps_pd(_mm_loadu_ps(query + j + 4))));
        }
        double lanes[8];
        _mm256_storeu_pd(lanes, low);
        _mm256_storeu_pd(lanes + 4, high);
        for (size_t j = whole; j < d; j++)
            lanes[j - whole] += (double)float_at(vector + j * sizeof(float)) * (double)query[j];
        out[i] = in_order(lanes);
    }
}

TARGET static size_t at_least(const float *scores, size_t m, float threshold, uint32_t *out) {
    const __m256 wanted = _mm256_set1_ps(threshold);
    size_t found = 0, i = 0;
    for (; i + 8 <= m; i += 8) {
        unsigned passing = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(scores + i), wanted, _CMP_GE_OQ));
        for (; passing; passing &= passing - 1) out[found++] = (uint32_t)(i + (size_t)__builtin_ctz(passing));
    }
    for (; i < m; i++)
        if (scores[i] >= threshold) out[found++] = (uint32_t)i;
    return found;
}

TARGET static uint64_t read_all(const uint8_t *bytes, size_t n) {
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    size_t at = 0;
    for (; at + 128 <= n; at += 128) {
        a = _mm256_add_epi64(a, _mm256_loadu_si256((const void *)(bytes + at)));
        b = _mm256_add_epi64(b, _mm256_loadu_si256((const void *)(bytes + at + 32)));
        c = _mm256_add_epi64(c, _mm256_loadu_si256((const void *)(bytes + at + 64)));
        d = _mm256_add_epi64(d, _mm256_loadu_si256((const void *)(bytes + at + 96)));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((void *)lanes, _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d)));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + portable_kernels.read(bytes + at, n - at);
}

const Kernels avx2_kernels = {
    "avx2", int8_scores, int8_scores_batch, bit_scores, float_scores, at_least, read_all,
};
#endif
