/* Inner products of float32 with AVX-512, summed in float64. */
#include "kernels.h"

#ifdef SHORTLIST_X86
#include <immintrin.h>

#define TARGET AVX512

/* Eight sums in float64, added in the one order that every path keeps to (see protocol.py). */
TARGET INLINE float eight_in_order(__m512d sums) {
    __m256d four = _mm256_add_pd(_mm512_castpd512_pd256(sums), _mm512_extractf64x4_pd(sums, 1));
    __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return (float)(_mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two)));
}

TARGET INLINE __m512d eight(const void *at) { return _mm512_cvtps_pd(_mm256_loadu_ps(at)); }

TARGET INLINE __m512d some(const void *at, __mmask8 there) {
    return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(there, at));
}

/* Four rows at a time, as each waits for its own last sum. A product of two float32 is exact in float64, fused or not. */
TARGET void avx512_float_scores(const char *vectors, size_t d, const float *query, const uint32_t *rows, size_t m,
                                float *out) {
    size_t bytes = d * sizeof(float), whole = d / 8 * 8;
    size_t ahead = rows ? AHEAD : 8; /* four rows at once are more than the processor foresees, in order or not */
    __mmask8 rest = (__mmask8)((1u << (d - whole)) - 1);
    for (size_t i = 0; i < m; i += 4) {
        const char *four[4];
        size_t left = m - i;
        for (size_t k = 0; k < 4; k++) four[k] = vectors + row_at(rows, k < left ? i + k : m - 1) * bytes;
        for (size_t k = i + ahead; k < i + ahead + 4 && k < m; k++) prefetch_row(vectors + row_at(rows, k) * bytes, bytes);
        __m512d sums[4] = {_mm512_setzero_pd(), _mm512_setzero_pd(), _mm512_setzero_pd(), _mm512_setzero_pd()};
        for (size_t j = 0; j < whole; j += 8) {
            __m512d asked = eight(query + j);
            for (size_t k = 0; k < 4; k++)
                sums[k] = _mm512_fmadd_pd(eight(four[k] + j * sizeof(float)), asked, sums[k]);
        }
        if (rest) {
            __m512d asked = some(query + whole, rest);
            for (size_t k = 0; k < 4; k++)
                sums[k] = _mm512_fmadd_pd(some(four[k] + whole * sizeof(float), rest), asked, sums[k]);
        }
        for (size_t k = 0; k < 4 && k < left; k++) out[i + k] = eight_in_order(sums[k]);
    }
}
#endif
