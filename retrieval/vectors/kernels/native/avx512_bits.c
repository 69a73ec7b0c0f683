/* One-bit codes with AVX-512: sixteen records at a time are turned so that lane i holds row i, then half bytes of the
 * codes look their weighted counts up in tables made of the query (as PQ fast scan does, arXiv:1704.07355).
 *
 * Counting bits of code & plane instead takes twice the instructions: it reaches half of what memory can deliver.
 */
#include "kernels.h"

#ifdef SHORTLIST_X86
#include <immintrin.h>
#include <stdlib.h>

#define TARGET AVX512
enum { GROUP = 16 };

/* Tables of 64 bytes, two for each dword of a code: of its lower and its upper half bytes. Entry 16 b + e is the sum
 * of the query's values 0..15 where half byte e at byte b of the dword has ones: at most 60. */
static void fill(uint8_t *tables, const uint8_t *planes, size_t c) {
    for (size_t at = 0; at < c; at++)
        for (size_t half = 0; half < 2; half++) {
            uint8_t *entry = tables + (at / 4 * 2 + half) * 64 + at % 4 * 16;
            entry[0] = 0;
            for (size_t bit = 0; bit < 4; bit++) {
                uint8_t value = 0;
                for (size_t plane = 0; plane < 4; plane++)
                    value |= (uint8_t)((planes[plane * c + at] >> (4 * half + bit) & 1) << plane);
                for (size_t low = 0; low < (size_t)1 << bit; low++)
                    entry[low + ((size_t)1 << bit)] = (uint8_t)(entry[low] + value);
            }
        }
}

/* The two lookups of one dword of sixteen rows: at most 120 a byte. */
TARGET INLINE __m512i look(__m512i dwords, const uint8_t *tables, size_t dword) {
    const __m512i halves = _mm512_set1_epi32(0x0f0f0f0f), position = _mm512_set1_epi32(0x30201000);
    __m512i lower = _mm512_ternarylogic_epi32(dwords, halves, position, 0xEA); /* (dwords & halves) | position */
    __m512i upper = _mm512_ternarylogic_epi32(_mm512_srli_epi32(dwords, 4), halves, position, 0xEA);
    const uint8_t *table = tables + dword * 128;
    return _mm512_add_epi8(_mm512_permutexvar_epi8(lower, _mm512_loadu_si512(table)),
                           _mm512_permutexvar_epi8(upper, _mm512_loadu_si512(table + 64)));
}

TARGET INLINE __m512i add_bytes(__m512i sums, __m512i bytes) {
    return _mm512_dpbusd_epi32(sums, bytes, _mm512_set1_epi8(1));
}

/* 16 x 16 dwords: turned[j] lane i = dword j of the 64 bytes loaded for row i. */
TARGET INLINE void turn(const uint8_t *const rows[GROUP], __mmask16 which, __m512i turned[16]) {
    __m512i quarters[4][4];
#pragma GCC unroll 4
    for (size_t four = 0; four < 4; four++) {
        __m512i a = _mm512_maskz_loadu_epi32(which, rows[4 * four]);
        __m512i b = _mm512_maskz_loadu_epi32(which, rows[4 * four + 1]);
        __m512i c = _mm512_maskz_loadu_epi32(which, rows[4 * four + 2]);
        __m512i d = _mm512_maskz_loadu_epi32(which, rows[4 * four + 3]);
        __m512i ab = _mm512_unpacklo_epi32(a, b), cd = _mm512_unpacklo_epi32(c, d);
        __m512i ab_high = _mm512_unpackhi_epi32(a, b), cd_high = _mm512_unpackhi_epi32(c, d);
        quarters[0][four] = _mm512_unpacklo_epi64(ab, cd);
        quarters[1][four] = _mm512_unpackhi_epi64(ab, cd);
        quarters[2][four] = _mm512_unpacklo_epi64(ab_high, cd_high);
        quarters[3][four] = _mm512_unpackhi_epi64(ab_high, cd_high);
    }
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        __m512i *q = quarters[j];
        __m512i first = _mm512_shuffle_i64x2(q[0], q[1], 0x44), second = _mm512_shuffle_i64x2(q[2], q[3], 0x44);
        __m512i third = _mm512_shuffle_i64x2(q[0], q[1], 0xEE), fourth = _mm512_shuffle_i64x2(q[2], q[3], 0xEE);
        turned[j] = _mm512_shuffle_i64x2(first, second, 0x88);
        turned[4 + j] = _mm512_shuffle_i64x2(first, second, 0xDD);
        turned[8 + j] = _mm512_shuffle_i64x2(third, fourth, 0x88);
        turned[12 + j] = _mm512_shuffle_i64x2(third, fourth, 0xDD);
    }
}

/* 8 x 16 dwords: the same of rows of 32 bytes. */
TARGET INLINE void turn_short(const uint8_t *const rows[GROUP], __m512i turned[8]) {
    __m512i pairs[8]; /* row i in the lower half, row i + 8 in the upper one */
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++) {
        __m512i lower = _mm512_castsi256_si512(_mm256_loadu_si256((const void *)rows[i]));
        pairs[i] = _mm512_inserti64x4(lower, _mm256_loadu_si256((const void *)rows[i + 8]), 1);
    }
    __m512i quarters[4][2];
#pragma GCC unroll 2
    for (size_t four = 0; four < 2; four++) {
        __m512i *p = pairs + 4 * four;
        __m512i ab = _mm512_unpacklo_epi32(p[0], p[1]), cd = _mm512_unpacklo_epi32(p[2], p[3]);
        __m512i ab_high = _mm512_unpackhi_epi32(p[0], p[1]), cd_high = _mm512_unpackhi_epi32(p[2], p[3]);
        quarters[0][four] = _mm512_unpacklo_epi64(ab, cd);
        quarters[1][four] = _mm512_unpackhi_epi64(ab, cd);
        quarters[2][four] = _mm512_unpacklo_epi64(ab_high, cd_high);
        quarters[3][four] = _mm512_unpackhi_epi64(ab_high, cd_high);
    }
    /* lanes of quarters[j][four]: dword j of rows 4 four.., dword 4 + j of them; the same of rows 8 + 4 four.. */
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        turned[j] = _mm512_permutex2var_epi64(quarters[j][0], even, quarters[j][1]);
        turned[4 + j] = _mm512_permutex2var_epi64(quarters[j][0], odd, quarters[j][1]);
    }
}

typedef struct {
    const float *table;
    size_t centroids;
    float low, step, total;
} Query;

/* The table's entries of sixteen records: scalar loads are faster than a gather, and leave vector units free. */
TARGET INLINE __m512 centroid_scores(const uint8_t *const rows[GROUP], size_t c, const Query *query) {
    __m128 fours[4];
#pragma GCC unroll 4
    for (size_t four = 0; four < 4; four++) {
        float found[4];
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++) {
            uint16_t given;
            memcpy(&given, rows[4 * four + i] + c + 4, sizeof given);
            size_t centroid = given < query->centroids ? given : query->centroids - 1;
            found[i] = query->table[centroid];
        }
        fours[four] = _mm_setr_ps(found[0], found[1], found[2], found[3]);
    }
    __m256 lower = _mm256_insertf128_ps(_mm256_castps128_ps256(fours[0]), fours[1], 1);
    __m256 upper = _mm256_insertf128_ps(_mm256_castps128_ps256(fours[2]), fours[3], 1);
    return _mm512_insertf32x8(_mm512_castps256_ps512(lower), upper, 1);
}

/* `estimate` of kernels.h for sixteen rows: the same operations in the same order. */
TARGET INLINE __m512 estimates(__m512i sums, __m512i factors, __m512i ones, __m512 centroids, const Query *query) {
    __m512 inner = _mm512_add_ps(_mm512_mul_ps(_mm512_set1_ps(query->low), _mm512_cvtepi32_ps(ones)),
                                 _mm512_mul_ps(_mm512_set1_ps(query->step), _mm512_cvtepi32_ps(sums)));
    __m512 residual = _mm512_sub_ps(_mm512_mul_ps(_mm512_set1_ps(2.0f), inner), _mm512_set1_ps(query->total));
    return _mm512_add_ps(centroids, _mm512_mul_ps(_mm512_castsi512_ps(factors), residual));
}

/* Widths up to 384 in records of 64 bytes: code, tail and all in one line. */
TARGET INLINE __m512 lines(const uint8_t *const rows[GROUP], const uint8_t *tables, const Query *query) {
    __m512i turned[16], sums = _mm512_setzero_si512();
    __m512 centroids = centroid_scores(rows, 48, query);
    turn(rows, 0xffff, turned);
#pragma GCC unroll 6
    for (size_t j = 0; j < 12; j += 2)
        sums = add_bytes(sums, _mm512_add_epi8(look(turned[j], tables, j), look(turned[j + 1], tables, j + 1)));
    return estimates(sums, turned[12], _mm512_srli_epi32(turned[13], 16), centroids, query);
}

/* Widths up to 192 in records of 32 bytes. */
TARGET INLINE __m512 half_lines(const uint8_t *const rows[GROUP], const uint8_t *tables, const Query *query) {
    __m512i turned[8], sums = _mm512_setzero_si512();
    __m512 centroids = centroid_scores(rows, 24, query);
    turn_short(rows, turned);
#pragma GCC unroll 3
    for (size_t j = 0; j < 6; j += 2)
        sums = add_bytes(sums, _mm512_add_epi8(look(turned[j], tables, j), look(turned[j + 1], tables, j + 1)));
    return estimates(sums, turned[6], _mm512_srli_epi32(turned[7], 16), centroids, query);
}

/* Any other width: 64 bytes of code after another, then the tails one by one. */
TARGET INLINE __m512 any_width(const uint8_t *const rows[GROUP], size_t c, const uint8_t *tables, const Query *query) {
    __m512i sums = _mm512_setzero_si512();
    for (size_t at = 0; at < c; at += LINE) {
        const uint8_t *parts[GROUP];
        __m512i turned[16];
        size_t dwords = (c - at) / 4 < 16 ? (c - at) / 4 : 16; /* c is a multiple of 8 */
        for (size_t i = 0; i < GROUP; i++) parts[i] = rows[i] + at;
        turn(parts, (__mmask16)((1u << dwords) - 1), turned);
        for (size_t j = 0; j < dwords; j++) sums = add_bytes(sums, look(turned[j], tables, at / 4 + j));
    }
    uint32_t factors[GROUP], ones[GROUP];
    for (size_t i = 0; i < GROUP; i++) {
        factors[i] = half_at(rows[i] + c);
        ones[i] = half_at(rows[i] + c + 4) >> 16;
    }
    return estimates(sums, _mm512_loadu_si512(factors), _mm512_loadu_si512(ones), centroid_scores(rows, c, query),
                     query);
}

TARGET INLINE __m512 sixteen(const uint8_t *const rows[GROUP], size_t r, size_t c, const uint8_t *tables,
                             const Query *query) {
    if (c == 48 && r >= 64) return lines(rows, tables, query);
    if (c == 24 && r >= 32) return half_lines(rows, tables, query);
    return any_width(rows, c, tables, query);
}

/* Compiled once for each of the three kinds of records, dense and chosen. */
TARGET INLINE void pass(const uint8_t *records, size_t r, size_t c, const uint8_t *tables, const Query *query,
                        const uint32_t *chosen, size_t m, float *out) {
    const uint8_t *rows[GROUP];
    size_t i = 0;
    for (; i + GROUP <= m; i += GROUP) {
#pragma GCC unroll 16
        for (size_t k = 0; k < GROUP; k++) rows[k] = records + row_at(chosen, i + k) * r;
        if (!chosen)
            for (size_t at = 0; at < GROUP * r; at += LINE) PREFETCH(records + i * r + at + FAR);
        else if (i + AHEAD_BITS + GROUP <= m)
            for (size_t k = 0; k < GROUP; k++) prefetch_row(records + chosen[i + AHEAD_BITS + k] * r, c + 8);
        _mm512_storeu_ps(out + i, sixteen(rows, r, c, tables, query));
    }
    if (i == m) return;
    for (size_t k = 0; k < GROUP; k++) rows[k] = records + row_at(chosen, i + k < m ? i + k : m - 1) * r;
    _mm512_mask_storeu_ps(out + i, (__mmask16)((1u << (m - i)) - 1), sixteen(rows, r, c, tables, query));
}

TARGET int avx512_bit_scores(const uint8_t *records, size_t r, size_t c, const uint8_t *planes, const float *table,
                             size_t centroids, float low, float step, float total, const uint32_t *rows, size_t m,
                             float *out) {
    const Query query = {table, centroids, low, step, total};
    uint8_t few[48 * 32], *tables = c <= 48 ? few : malloc(c * 32);
    if (!tables) return -1;
    fill(tables, planes, c);
    if (c == 48 && r == 64 && !rows) pass(records, 64, 48, tables, &query, NULL, m, out);
    else if (c == 48 && r >= 64) pass(records, r, 48, tables, &query, rows, m, out);
    else if (c == 24 && r == 32 && !rows) pass(records, 32, 24, tables, &query, NULL, m, out);
    else if (c == 24 && r >= 32) pass(records, r, 24, tables, &query, rows, m, out);
    else pass(records, r, c, tables, &query, rows, m, out);
    if (tables != few) free(tables);
    return 0;
}
#endif
