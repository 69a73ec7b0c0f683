/* A member's score from the scores of its vectors. */
#include <math.h>
#include <stdlib.h>

#include "kernels.h"

static int descending(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a < b) - (a > b);
}

/* The best three of any count, without a branch on what they are. */
INLINE void best_three(const float *scores, size_t count, float top[3]) {
    float first = -INFINITY, second = -INFINITY, third = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        float given = scores[i];
        float below = first > given ? given : first;
        first = first > given ? first : given;
        float lower = second > below ? below : second;
        second = second > below ? second : below;
        third = third > lower ? third : lower;
    }
    top[0] = first;
    top[1] = second;
    top[2] = third;
}

/* Adding zero makes one zero of the two, whose order among equals is left open. */
INLINE float mean(const float *best, size_t count) {
    float sum = best[0];
    for (size_t i = 1; i < count; i++) sum += best[i];
    return sum / (float)count + 0.0f;
}

static void means_of_few(const float *scores, const uint32_t *counts, size_t g, size_t best, float *out) {
    for (size_t member = 0; member < g; member++) {
        size_t count = counts[member];
        float top[3];
        best_three(scores, count, top);
        out[member] = count ? mean(top, count < best ? count : best) : -INFINITY;
        scores += count;
    }
}

static void largest(const float *scores, const uint32_t *counts, size_t g, float *out) {
    for (size_t member = 0; member < g; member++) {
        float first = -INFINITY;
        for (size_t i = 0; i < counts[member]; i++) first = first > scores[i] ? first : scores[i];
        out[member] = first + 0.0f;
        scores += counts[member];
    }
}

int best_means(const float *scores, const uint32_t *counts, size_t g, size_t best, float *out) {
    if (best == 1) {
        largest(scores, counts, g, out);
        return 0;
    }
    if (best <= 3) {
        means_of_few(scores, counts, g, best, out);
        return 0;
    }
    size_t most = 0;
    for (size_t member = 0; member < g; member++)
        if (counts[member] > most) most = counts[member];
    float *ordered = malloc((most + 1) * sizeof *ordered);
    if (!ordered) return -1;
    for (size_t member = 0; member < g; member++) {
        size_t count = counts[member];
        if (count) memcpy(ordered, scores, count * sizeof *ordered);
        qsort(ordered, count, sizeof *ordered, descending);
        out[member] = count ? mean(ordered, count < best ? count : best) : -INFINITY;
        scores += count;
    }
    free(ordered);
    return 0;
}
