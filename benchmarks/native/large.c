/* A system from a generated description (see ../large.py), integrated by Heun's method.

   slopes.h holds one statement per variable on a sample s: auxiliaries y0, y1 ... are local, slopes k of the stocks x and
   draws p are tables of a block. So one loop over a block holds the whole system, and each instruction works on a vector
   of samples. -DREAL=float or double, -DBLOCK= samples in a block, -DSTOCKS= and -DAUXILIARIES= how many. Blocks are
   shared out over the cores. */

#include <math.h>
#include <stddef.h>

#ifdef SINGLE
#define exp expf
#endif
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define logistic(a) (1 / (1 + exp(-(a))))
#define DRAWS (AUXILIARIES + STOCKS)
#define ROW(statement) _Pragma("omp simd") for (int s = 0; s < BLOCK; s++) statement;

typedef REAL Row[BLOCK];

static __attribute__((noinline)) void slopes(Row *restrict x, Row *restrict p, Row *restrict k)
{
#pragma omp simd
    for (int s = 0; s < BLOCK; s++) {
#include "slopes.h"
    }
}

/* table: (DRAWS, samples). result: (samples,) the sum of stocks at the end. */
void run(const REAL *table, size_t samples, int steps, REAL first, REAL *result)
{
#pragma omp parallel for schedule(static)
    for (size_t begin = 0; begin < samples; begin += BLOCK) {
        size_t count = samples - begin < BLOCK ? samples - begin : BLOCK;
        Row p[DRAWS], x[STOCKS], ahead[STOCKS], k1[STOCKS], k2[STOCKS];
        for (int i = 0; i < DRAWS; i++)
            for (size_t s = 0; s < BLOCK; s++) p[i][s] = table[i * samples + begin + (s < count ? s : count - 1)];
        for (int i = 0; i < STOCKS; i++)
            for (int s = 0; s < BLOCK; s++) x[i][s] = first;
        for (int t = 0; t < steps; t++) {
            slopes(x, p, k1);
            for (int i = 0; i < STOCKS; i++) ROW(ahead[i][s] = x[i][s] + k1[i][s])
            slopes(ahead, p, k2);
            for (int i = 0; i < STOCKS; i++) ROW(x[i][s] += (k1[i][s] + k2[i][s]) / 2)
        }
        for (size_t s = 0; s < count; s++) {
            REAL sum = 0;
            for (int i = 0; i < STOCKS; i++) sum += x[i][s];
            result[begin + s] = sum;
        }
    }
}
