/* AVX-512 with VBMI and VNNI: Intel since Ice Lake, AMD since Zen 4. */
#include "kernels.h"

#ifdef SHORTLIST_X86
#include <immintrin.h>
#include <stdlib.h>

#define TARGET AVX512
enum { GROUP = 16, TILE = 8, QUERIES = 32 };

/* Adds the lanes of four registers: four sums. */
TARGET INLINE __m128i sum_lanes(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* Lanes of the products of one row. Rows are read one after the other, in the order in which they lie: several at a
 * time confuse the processor's own prefetching. */
TARGET INLINE __m512i products(const uint8_t *row, const int8_t *query, size_t s) {
    __m512i sums = _mm512_setzero_si512(), others = sums;
    size_t at = 0;
    for (; at + 128 <= s; at += 128) {
        sums = _mm512_dpbusd_epi32(sums, _mm512_loadu_si512(row + at), _mm512_loadu_si512(query + at));
        others = _mm512_dpbusd_epi32(others, _mm512_loadu_si512(row + at + 64), _mm512_loadu_si512(query + at + 64));
    }
    for (; at < s; at += 64) {
        __mmask64 some = s - at < 64 ? ~(__mmask64)0 >> (64 - (s - at)) : ~(__mmask64)0;
        sums = _mm512_dpbusd_epi32(sums, _mm512_maskz_loadu_epi8(some, row + at),
                                   _mm512_maskz_loadu_epi8(some, query + at));
    }
    return _mm512_add_epi32(sums, others);
}

TARGET static void int8_scores(const uint8_t *codes, size_t s, const int8_t *query, int32_t offset, float scale,
                               const uint32_t *rows, size_t m, float *out) {
    const __m128i offsets = _mm_set1_epi32(offset);
    const __m128 scales = _mm_set1_ps(scale);
    for (size_t i = 0; i < m; i += 4) {
        size_t left = m - i < 4 ? m - i : 4;
        const uint8_t *four[4];
        for (size_t k = 0; k < 4; k++) four[k] = codes + row_at(rows, k < left ? i + k : m - 1) * s;
        if (rows && i + AHEAD + 4 <= m)
            for (size_t k = 0; k < 4; k++) prefetch_row(codes + rows[i + AHEAD + k] * s, s);
        __m512i a = products(four[0], query, s), b = products(four[1], query, s);
        __m512i c = products(four[2], query, s), d = products(four[3], query, s);
        __m128 scores = _mm_cvtepi32_ps(_mm_sub_epi32(sum_lanes(a, b, c, d), offsets));
        _mm_mask_storeu_ps(out + i, (__mmask8)((1u << left) - 1), _mm_mul_ps(scales, scores));
    }
}

/* Four bytes of every query beside one another, so that lanes are queries and no lane has to be summed up. */
static void interleave(const int8_t *queries, size_t b, size_t s, int8_t *packed) {
    memset(packed, 0, s * QUERIES);
    for (size_t q = 0; q < b; q++)
        for (size_t at = 0; at < s; at += 4) memcpy(packed + at * QUERIES + q * 4, queries + q * s + at, 4);
}

/* Products of eight rows with 16 * `halves` queries, s a multiple of 4. Inlined where it is called, addresses would no
 * longer fit the registers. */
TARGET INLINE void tile(const uint8_t *const rows[TILE], const int8_t *packed, size_t s, size_t halves,
                        __m512i sums[TILE][2]) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    const uint8_t *e = rows[4], *f = rows[5], *g = rows[6], *h = rows[7];
    __m512i all[TILE][2];
#pragma GCC unroll 8
    for (size_t k = 0; k < TILE; k++) all[k][0] = all[k][1] = _mm512_setzero_si512();
    for (size_t at = 0; at < s; at += 4, packed += 4 * QUERIES) {
        __m512i first = _mm512_loadu_si512(packed), second = halves == 2 ? _mm512_loadu_si512(packed + 64) : first;
        const uint32_t fours[TILE] = {half_at(a + at), half_at(b + at), half_at(c + at), half_at(d + at),
                                      half_at(e + at), half_at(f + at), half_at(g + at), half_at(h + at)};
#pragma GCC unroll 8
        for (size_t k = 0; k < TILE; k++) {
            __m512i codes = _mm512_set1_epi32((int)fours[k]);
            all[k][0] = _mm512_dpbusd_epi32(all[k][0], codes, first);
            if (halves == 2) all[k][1] = _mm512_dpbusd_epi32(all[k][1], codes, second);
        }
    }
#pragma GCC unroll 8
    for (size_t k = 0; k < TILE; k++) {
        sums[k][0] = all[k][0];
        if (halves == 2) sums[k][1] = all[k][1];
    }
}

TARGET APART static void tile_of_16(const uint8_t *const rows[TILE], const int8_t *packed, size_t s,
                                    __m512i sums[TILE][2]) {
    tile(rows, packed, s, 1, sums);
}

TARGET APART static void tile_of_32(const uint8_t *const rows[TILE], const int8_t *packed, size_t s,
                                    __m512i sums[TILE][2]) {
    tile(rows, packed, s, 2, sums);
}

/* 16 x 16: lane i of turned row q = lane q of row i. */
TARGET INLINE void turn(__m512 x[GROUP]) {
    __m512i a[GROUP], b[GROUP];
#pragma GCC unroll 8
    for (size_t i = 0; i < GROUP; i += 2) {
        a[i] = _mm512_unpacklo_epi32(_mm512_castps_si512(x[i]), _mm512_castps_si512(x[i + 1]));
        a[i + 1] = _mm512_unpackhi_epi32(_mm512_castps_si512(x[i]), _mm512_castps_si512(x[i + 1]));
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < GROUP; i += 4) {
        b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
        b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
        b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
        b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        __m512i first = _mm512_shuffle_i64x2(b[j], b[4 + j], 0x44);
        __m512i second = _mm512_shuffle_i64x2(b[8 + j], b[12 + j], 0x44);
        __m512i third = _mm512_shuffle_i64x2(b[j], b[4 + j], 0xEE);
        __m512i fourth = _mm512_shuffle_i64x2(b[8 + j], b[12 + j], 0xEE);
        x[j] = _mm512_castsi512_ps(_mm512_shuffle_i64x2(first, second, 0x88));
        x[4 + j] = _mm512_castsi512_ps(_mm512_shuffle_i64x2(first, second, 0xDD));
        x[8 + j] = _mm512_castsi512_ps(_mm512_shuffle_i64x2(third, fourth, 0x88));
        x[12 + j] = _mm512_castsi512_ps(_mm512_shuffle_i64x2(third, fourth, 0xDD));
    }
}

/* Sixteen rows with up to 32 queries; writes `left` columns of `b` lines of `out`. */
TARGET INLINE void group(const uint8_t *const rows[GROUP], const int8_t *packed, size_t s, size_t b, size_t halves,
                         const int32_t *offsets, const float *scales, size_t m, size_t left, float *out) {
    __m512 scores[2][GROUP];
#pragma GCC unroll 2
    for (size_t k = 0; k < GROUP; k += TILE) {
        __m512i sums[TILE][2];
        if (halves == 2) tile_of_32(rows + k, packed, s, sums);
        else tile_of_16(rows + k, packed, s, sums);
#pragma GCC unroll 8
        for (size_t i = 0; i < TILE; i++)
            for (size_t half = 0; half < halves; half++) {
                __m512i less = _mm512_sub_epi32(sums[i][half], _mm512_loadu_si512(offsets + 16 * half));
                scores[half][k + i] = _mm512_mul_ps(_mm512_loadu_ps(scales + 16 * half), _mm512_cvtepi32_ps(less));
            }
    }
    for (size_t half = 0; half < halves; half++) {
        turn(scores[half]);
        for (size_t q = 0; q < 16 && 16 * half + q < b; q++)
            _mm512_mask_storeu_ps(out + (16 * half + q) * m, (__mmask16)((1u << left) - 1), scores[half][q]);
    }
}

TARGET static int int8_scores_batch(const uint8_t *codes, size_t s, const int8_t *queries, size_t b,
                                    const int32_t *offsets, const float *scales, const uint32_t *rows, size_t m,
                                    float *out) {
    if (s % 4) return portable_kernels.int8_scores_batch(codes, s, queries, b, offsets, scales, rows, m, out);
    size_t groups = (b + QUERIES - 1) / QUERIES, bytes = s * QUERIES;
    int8_t *packed = malloc(groups * bytes + 1);
    int32_t *all_offsets = calloc(groups * QUERIES + 1, sizeof *all_offsets);
    float *all_scales = calloc(groups * QUERIES + 1, sizeof *all_scales);
    if (!packed || !all_offsets || !all_scales) {
        free(packed), free(all_offsets), free(all_scales);
        return -1;
    }
    if (b) memcpy(all_offsets, offsets, b * sizeof *offsets), memcpy(all_scales, scales, b * sizeof *scales);
    for (size_t g = 0; g < groups; g++) {
        size_t some = b - g * QUERIES < QUERIES ? b - g * QUERIES : QUERIES;
        interleave(queries + g * QUERIES * s, some, s, packed + g * bytes);
    }
    for (size_t i = 0; i < m; i += GROUP) {
        size_t left = m - i < GROUP ? m - i : GROUP;
        const uint8_t *sixteen[GROUP];
        for (size_t k = 0; k < GROUP; k++) sixteen[k] = codes + row_at(rows, k < left ? i + k : m - 1) * s;
        if (rows && i + AHEAD + GROUP <= m)
            for (size_t k = 0; k < GROUP; k++) prefetch_row(codes + rows[i + AHEAD + k] * s, s);
        for (size_t g = 0; g < groups; g++) {
            size_t first = g * QUERIES, some = b - first < QUERIES ? b - first : QUERIES;
            if (some > 16)
                group(sixteen, packed + g * bytes, s, some, 2, all_offsets + first, all_scales + first, m, left,
                      out + first * m + i);
            else
                group(sixteen, packed + g * bytes, s, some, 1, all_offsets + first, all_scales + first, m, left,
                      out + first * m + i);
        }
    }
    free(packed), free(all_offsets), free(all_scales);
    return 0;
}

TARGET static size_t at_least(const float *scores, size_t m, float threshold, uint32_t *out) {
    const __m512 wanted = _mm512_set1_ps(threshold);
    const __m512i sixteen = _mm512_set1_epi32(16);
    __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0, i = 0;
    for (; i + 16 <= m; i += 16) {
        __mmask16 passing = _mm512_cmp_ps_mask(_mm512_loadu_ps(scores + i), wanted, _CMP_GE_OQ);
        if (passing) { /* all sixteen lanes are stored, what is too much is overwritten: found <= i */
            _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(passing, places));
            found += (size_t)_mm_popcnt_u32(passing);
        }
        places = _mm512_add_epi32(places, sixteen);
    }
    for (; i < m; i++)
        if (scores[i] >= threshold) out[found++] = (uint32_t)i;
    return found;
}

TARGET static uint64_t read_all(const uint8_t *bytes, size_t n) {
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    size_t at = 0;
    for (; at + 256 <= n; at += 256) {
        for (size_t line = 0; line < 256; line += LINE) PREFETCH(bytes + at + 4096 + line);
        a = _mm512_add_epi64(a, _mm512_loadu_si512(bytes + at));
        b = _mm512_add_epi64(b, _mm512_loadu_si512(bytes + at + 64));
        c = _mm512_add_epi64(c, _mm512_loadu_si512(bytes + at + 128));
        d = _mm512_add_epi64(d, _mm512_loadu_si512(bytes + at + 192));
    }
    uint64_t lanes[8], sum = 0; /* _mm512_reduce_add_epi64 adds signed numbers, which must not overflow */
    _mm512_storeu_si512(lanes, _mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(c, d)));
    for (size_t lane = 0; lane < 8; lane++) sum += lanes[lane];
    return sum + portable_kernels.read(bytes + at, n - at);
}

const Kernels avx512_kernels = {
    "avx512", int8_scores, int8_scores_batch, avx512_bit_scores, avx512_float_scores, at_least, read_all,
};
#endif
