/* Twenty mechanisms in a ring (see ../models.py), integrated by Heun's method.

   Samples are taken in blocks that stay in the first-level cache; within a block the innermost loop runs over samples, so
   that each instruction works on a whole vector of them. Blocks are shared out over the cores. Tables lie as leverwise
   gives them: one row per value, one column per sample. -DREAL=float or double, -DBLOCK= samples in a block. */

#include <math.h>
#include <stddef.h>

#ifndef REAL
#define REAL double
#endif
#ifndef BLOCK
#define BLOCK 32
#endif
#define N 20

static void change(REAL x[N][BLOCK], REAL push[N][BLOCK], REAL fade[N][BLOCK], REAL sense[N][BLOCK], REAL out[N][BLOCK])
{
    for (int i = 0; i < N; i++) {
        const REAL *before = x[(i + N - 1) % N];
#pragma omp simd
        for (int s = 0; s < BLOCK; s++) {
#ifdef SINGLE
            REAL felt = 1 - expf(-sense[i][s] * before[s]);
#else
            REAL felt = 1 - exp(-sense[i][s] * before[s]);
#endif
            out[i][s] = push[i][s] * felt * (1 - x[i][s]) - fade[i][s] * x[i][s];
        }
    }
}

/* table: (3 N, samples), for each mechanism push, fade, sense. result: (samples,) the sum of stocks at the end. */
void run(const REAL *table, size_t samples, int steps, REAL first, REAL *result)
{
#pragma omp parallel for schedule(static)
    for (size_t begin = 0; begin < samples; begin += BLOCK) {
        size_t count = samples - begin < BLOCK ? samples - begin : BLOCK;
        REAL x[N][BLOCK], ahead[N][BLOCK], k1[N][BLOCK], k2[N][BLOCK];
        REAL push[N][BLOCK], fade[N][BLOCK], sense[N][BLOCK];
        for (int i = 0; i < N; i++)
            for (int s = 0; s < BLOCK; s++) {
                size_t at = begin + ((size_t)s < count ? (size_t)s : count - 1);
                push[i][s] = table[(3 * i + 0) * samples + at];
                fade[i][s] = table[(3 * i + 1) * samples + at];
                sense[i][s] = table[(3 * i + 2) * samples + at];
                x[i][s] = first;
            }
        for (int t = 0; t < steps; t++) {
            change(x, push, fade, sense, k1);
            for (int i = 0; i < N; i++)
#pragma omp simd
                for (int s = 0; s < BLOCK; s++) ahead[i][s] = x[i][s] + k1[i][s];
            change(ahead, push, fade, sense, k2);
            for (int i = 0; i < N; i++)
#pragma omp simd
                for (int s = 0; s < BLOCK; s++) x[i][s] += (REAL)0.5 * (k1[i][s] + k2[i][s]);
        }
        for (size_t s = 0; s < count; s++) {
            REAL sum = 0;
            for (int i = 0; i < N; i++) sum += x[i][s];
            result[begin + s] = sum;
        }
    }
}
